// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of our own in the database's layout; the database itself may not be passed on. */
class IamOnDbTest {
  private static final String HEAD =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<WhiteboardCaptureSession>\n";
  private static final String BOARD =
      """
        <WhiteboardDescription>
          <SensorLocation corner="top_left"/>
          <DiagonallyOppositeCoords x="6512" y="1376"/>
          <VerticallyOppositeCoords x="966" y="1376"/>
          <HorizontallyOppositeCoords x="6512" y="787"/>
        </WhiteboardDescription>
      """;

  @TempDir Path folder;

  /** Four forms, one a list: two lines of training, one of each of the others. */
  @BeforeEach
  void smallDatabase() throws IOException {
    line("a01-000u", 1, "1073,1058 1072,1085 1066,1117", "1160,1100 1215,1353");
    line("a01-000u", 2, "10,20 13,16");
    text("a01-000u", "By Trevor Williams. A move", "to stop Mr. Gaitskell \u00e9");
    line("b02-007", 1, "0,0 5,5");
    text("b02-007", "valid");
    line("c03-001z", 1, "0,0 6,6");
    text("c03-001z", "second");
    line("d04-010w", 1, "0,0 7,7");
    text("d04-010w", "last");
    list("trainset.txt", " a01-000u\n");
    list("testset_v.txt", "b02-007\r\n\r\n");
    list("testset_t.txt", " c03-001z");
    list("testset_f.txt", "d04-010w\n");
  }

  private Path file(String kind, String form, String ending) {
    String task = form.replaceAll("[a-z]$", "");
    return folder.resolve(kind).resolve(form.substring(0, 3)).resolve(task).resolve(form + ending);
  }

  private static Path write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, content.getBytes(ISO_8859_1));
  }

  private Path line(String form, int number, String... strokes) throws IOException {
    return xml(form, number, BOARD + strokes(strokes) + "</WhiteboardCaptureSession>\n");
  }

  private Path xml(String form, int number, String body) throws IOException {
    return write(file("lineStrokes", form, "-%02d.xml".formatted(number)), HEAD + body);
  }

  private static String strokes(String... strokes) {
    StringBuilder xml = new StringBuilder("  <StrokeSet>\n");
    for (String stroke : strokes) {
      xml.append("    <Stroke colour=\"black\" start_time=\"769.05\" end_time=\"769.64\">\n");
      for (String point : stroke.split(" ", -1)) {
        if (!point.isEmpty()) {
          xml.append("      <Point x=\"").append(point.replace(",", "\" y=\""));
          xml.append("\" time=\"769.05\"/>\n");
        }
      }
      xml.append("    </Stroke>\n");
    }
    return xml.append("  </StrokeSet>\n").toString();
  }

  private void text(String form, String... lines) throws IOException {
    String read = "OCR:\n\nnot\nthis\n\nCSR:\n\n" + String.join("\n", lines) + "\n";
    write(file("ascii", form, ".txt"), read);
  }

  private void list(String name, String content) throws IOException {
    write(folder.resolve(name), content);
  }

  private static PenDrawing drawing(float... rows) {
    return PenDrawing.of("expected", rows);
  }

  @Test
  void readsOffsetsPensAndTexts() {
    DrawingSplits iam = IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES);

    // by hand: differences of neighbouring points, the first point being the origin
    assertThat(iam.train().drawings())
        .containsExactly(
            drawing(-1, 27, 0, -6, 32, 1, 94, -17, 0, 55, 253, 1),
            drawing(3, -4, 1),
            drawing(6, 6, 1),
            drawing(7, 7, 1));
    assertThat(iam.train().texts())
        .containsExactly(
            "By Trevor Williams. A move", "to stop Mr. Gaitskell \u00e9", "second", "last");
    assertThat(iam.validation().drawings()).containsExactly(drawing(5, 5, 1));
    assertThat(iam.validation().texts()).containsExactly("valid");
    assertThat(iam.test().drawings()).isEqualTo(iam.validation().drawings());
    assertThat(iam.notes())
        .containsExactly(
            "the test part is the validation part, testset_v: this split has no other");
  }

  @Test
  void theStandardSplitKeepsAllTestFormsApart() {
    DrawingSplits iam = IamOnDb.fromFolder(folder, IamOnDb.Split.STANDARD);

    assertThat(iam.train().count()).isEqualTo(2);
    assertThat(iam.validation().texts()).containsExactly("valid");
    assertThat(iam.test().texts()).containsExactly("second", "last");
    assertThat(iam.notes()).isEmpty();
  }

  /** As the archives unpack: a folder each. */
  @Test
  void findsThePartsInTheFoldersThatTheirArchivesMake() throws IOException {
    String before = IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES).fingerprint();
    move("lineStrokes", "data/lineStrokes-all/lineStrokes");
    move("ascii", "data/ascii-all/ascii");
    for (String list : List.of("trainset.txt", "testset_v.txt", "testset_t.txt", "testset_f.txt")) {
      move(list, "task1/" + list);
    }
    assertThat(IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES).fingerprint()).isEqualTo(before);
  }

  private void move(String from, String to) throws IOException {
    Files.createDirectories(folder.resolve(to).getParent());
    Files.move(folder.resolve(from), folder.resolve(to));
  }

  @Test
  void withoutTextsAllLinesCount() throws IOException {
    move("ascii", "elsewhere");
    DrawingSplits iam = IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES);
    assertThat(iam.train().count()).isEqualTo(4);
    assertThat(iam.train().texts()).isEmpty();
    assertThat(iam.notes().get(0)).isEqualTo("no texts: there is no folder ascii");
  }

  @Test
  void countsWhatItLeavesOut() throws IOException {
    line("a01-000u", 3, "0,0 1,1"); // no third line of text
    line("a01-000u", 5, "0,0 1,1");
    line("e05-000", 1, "", "0,0 2,2", ""); // two strokes without a point
    line("e05-000", 2); // no stroke at all
    line("e05-000", 3, "4,4"); // a dot
    text("e05-000", "one", "", "two", "three", "four%%%%%%%%%%%five", " ");
    line("f06-000", 1, "0,0 3,3"); // no text
    write(file("ascii", "f06-000", ".txt"), "OCR:\n\nonly this\n");
    list("trainset.txt", "a01-000u\ne05-000\nf06-000\ng07-000\na01-000u\n");

    DrawingSplits iam = IamOnDb.fromFolder(folder, IamOnDb.Split.STANDARD);

    assertThat(iam.train().drawings().subList(2, 4))
        .containsExactly(drawing(2, 2, 1), drawing(0, 0, 1));
    assertThat(iam.train().texts().subList(2, 4)).containsExactly("one", "three");
    assertThat(iam.train().count()).isEqualTo(4);
    assertThat(iam.notes())
        .containsExactly(
            "lines without their text, left out: 2 (a01-000u-03.xml, a01-000u-05.xml)",
            "lines of text without strokes: 2 (e05-000, ...)",
            "strokes without a point: 2 (e05-000-01.xml, ...)",
            "lines without a point, left out: 1 (e05-000-02.xml)",
            "forms without a text, left out: 1 (f06-000)",
            "forms without a file of strokes: 1 (g07-000)",
            "forms named twice by trainset.txt, read once: 1 (a01-000u)");
  }

  @Test
  void aFormInTwoListsIsRefused() throws IOException {
    list("testset_f.txt", "d04-010w\na01-000u\n");
    assertRefused(
        "testset_f.txt: names a form that trainset.txt names too; expected lists without a common"
            + " form, received a01-000u");
  }

  @Test
  void aListThatNamesNoFormIsRefused() throws IOException {
    list("testset_t.txt", "c03-001z\n../../etc/passwd\n");
    assertRefused(
        "testset_t.txt: line 2 is not the name of a form; expected a name such as a01-000u,"
            + " received '../../etc/passwd'");
  }

  @Test
  void namesEveryPartThatIsMissing() throws IOException {
    Files.delete(folder.resolve("trainset.txt"));
    Files.delete(folder.resolve("testset_f.txt"));
    move("lineStrokes", "elsewhere");
    assertRefused("received no lineStrokes, no trainset.txt, no testset_f.txt");
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> IamOnDb.fromFolder(none, IamOnDb.Split.GRAVES))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none: not a folder of the IAM on-line database");
  }

  @Test
  void twoCopiesAreRefused() throws IOException {
    write(folder.resolve("one/two.txt"), "");
    Files.createDirectories(folder.resolve("one/ascii"));
    move("ascii", "other/ascii");
    assertRefused("there are two of ascii; expected one copy of the database");
  }

  @Test
  void aPartWithoutADrawingSaysWhatWasLeftOut() throws IOException {
    list("testset_v.txt", "h08-000\n");
    assertRefused("there is no drawing; expected at least 1, received 0");
    assertRefused("forms without a file of strokes: 1 (h08-000)");
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  /** The line of each fault counts from the file's first, {@code <?xml}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <StrokeSet><Stroke><Point x="1" y="2"                    | not well-formed XML, line 3
          <StrokeSet><Stroke><Point x="1" y="2"/>                  | not well-formed XML, line 3
          <StrokeSet/></WhiteboardCaptureSession><more/>           | not well-formed XML, line 3
          <Point x="1"/></WhiteboardCaptureSession>                | y of a point is missing, line 3; expected a decimal number, received nothing
          <Point y="1"/></WhiteboardCaptureSession>                | x of a point is missing, line 3
          <Point x="one" y="1"/></WhiteboardCaptureSession>        | x of a point is not a number, line 3; expected a decimal number, received 'one'
          <Point x="1" y="NaN"/></WhiteboardCaptureSession>        | y of a point is not a number, line 3; expected a decimal number, received 'NaN'
          <Point x="1" y="Infinity"/></WhiteboardCaptureSession>   | received 'Infinity'
          <Point x="1" y="1e400"/></WhiteboardCaptureSession>      | received '1e400'
          <Point x="1" y="0x10"/></WhiteboardCaptureSession>       | received '0x10'
          <Point x="1" y="1d"/></WhiteboardCaptureSession>         | received '1d'
          <Point x="1" y=""/></WhiteboardCaptureSession>           | received ''
          <Point x="1" y="&eacute;"/></WhiteboardCaptureSession>   | not well-formed XML, line 3
          <a>&eacute;</a></WhiteboardCaptureSession>               | not well-formed XML, line 3
          <SensorLocation corner="bottom_left"/></WhiteboardCaptureSession> | the sensor is in another corner, line 3; expected top_left
          """)
  void saysWhatIsWrongWithAFileAndWhere(String body, String message) throws IOException {
    Path file = xml("a01-000u", 2, body);
    assertThatThrownBy(() -> IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void otherXmlAndOffsetsBeyondFloatsAreRefused() throws IOException {
    write(file("lineStrokes", "a01-000u", "-01.xml"), "<ink/>");
    assertRefused("not a file of the IAM on-line database; expected WhiteboardCaptureSession");
    write(file("lineStrokes", "a01-000u", "-01.xml"), "");
    assertRefused("a01-000u-01.xml: not well-formed XML, line 1");
    line("a01-000u", 1, "-3e38,0 3e38,0");
    assertRefused("point 0 (counted from 0) has no place");
  }

  /** A billion laughs, a quadratic blow-up and a file outside: none of them is even begun. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]> | &c;
          <!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>  | &x;
          <!DOCTYPE b SYSTEM "http://localhost:9/x.dtd">          | x
          <!DOCTYPE b>                                            | x
          <!DOCTYPE b [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]> | x
          """)
  void documentTypesAreRefused(String doctype, String use) throws IOException {
    Path file = file("lineStrokes", "a01-000u", "-01.xml");
    write(
        file,
        "<?xml version=\"1.0\"?>\n"
            + doctype
            + "\n<WhiteboardCaptureSession>"
            + use
            + "</WhiteboardCaptureSession>");
    assertThatThrownBy(() -> IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file
                + ": has a document type (DOCTYPE), line 2; expected XML without one: it could make"
                + " the file refer to others or grow, received <!DOCTYPE. Delete the DOCTYPE and"
                + " what it defines.");
  }

  @Test
  void aMillionPointsAreRefused() throws IOException {
    String points =
        IntStream.range(0, 1_000_000).mapToObj(i -> "1,2").collect(Collectors.joining(" "));
    line("a01-000u", 2, points);
    assertRefused(
        "a01-000u-02.xml: the drawing has too many points; expected at most 100000, received more");
  }

  @Test
  void manyNestedElementsAreReadWithoutARecursion() throws IOException {
    String deep = "<a>".repeat(200_000) + "</a>".repeat(200_000);
    xml("a01-000u", 2, deep + strokes("1,1 2,3") + "</WhiteboardCaptureSession>");
    assertThat(IamOnDb.fromFolder(folder, IamOnDb.Split.GRAVES).train().drawings().get(1))
        .isEqualTo(drawing(1, 2, 1));
  }
}
