// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InkMlTest {
  @TempDir Path folder;

  private Path write(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(
        file, "<ink xmlns=\"http://www.w3.org/2003/InkML\">\n" + body + "\n</ink>\n");
  }

  private static PenDrawing drawing(float... rows) {
    return PenDrawing.of("expected", rows);
  }

  @Test
  void readsTracesInTheirOrder() throws IOException {
    Path file =
        write(
            "a.inkml",
            """
            <annotation type="truth">$x$</annotation>
            <trace id="1">10 0, 9 14,
               8 28</trace>
            <traceGroup><traceGroup>
              <trace id="2">8.5 -1.5e1,.5 +2,</trace><trace/>
            </traceGroup></traceGroup>
            """);
    // by hand: differences of neighbouring points, the first point being the origin
    assertThat(InkMl.drawing(file))
        .isEqualTo(drawing(-1, 14, 0, -1, 14, 1, 0.5f, -43, 0, -8, 17, 1));
  }

  @Test
  void placesComeFromTheTraceFormat() throws IOException {
    Path file =
        write(
            "a.inkml",
            """
            <definitions><context xml:id="c"><traceFormat>
              <channel name="T" type="integer"/><channel name="Y"/><channel name="X"/>
              <intermittentChannels><channel name="X"/></intermittentChannels>
            </traceFormat></context>
            <trace>1 1 1</trace></definitions>
            <trace contextRef="#c">0 20 10, 5 21 13, * 25 14 T</trace>
            <trace type="penUp">9 99 99</trace>
            """);
    assertThat(InkMl.drawing(file)).isEqualTo(drawing(3, 1, 0, 1, 4, 1));
    assertThat(InkMlFile.read(file).skipped()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <trace>1 2, '3 4</trace>          | a trace uses the prefix ', line 2; expected plain coordinates, received a first difference, ''3 4'
          <trace>1 2, "3 4</trace>          | a trace uses the prefix ", line 2; expected plain coordinates, received a second difference
          <trace>1 2, !3 4</trace>          | a trace uses the prefix !, line 2; expected plain coordinates, received an explicit value
          <trace>1 2, 3</trace>             | Y of a point is missing, line 2
          <trace>1 2,, 3 4</trace>          | X of a point is missing, line 2
          <trace>1 2, 3 ?</trace>           | Y of a point is not a number, line 2; expected a decimal number, received '?'
          <trace>1 2, #FF 4</trace>         | X of a point is not a number, line 2; expected a decimal number, received '#FF'
          <trace>1 2, 3-4 5</trace>         | X of a point is not a number, line 2; expected a decimal number, received '3-4'
          <trace>1 2, NaN 4</trace>         | received 'NaN'
          <trace continuation="begin">1 2</trace> | a trace that continues another is not read, line 2
          <traceFormat><channel name="X"/></traceFormat> | the trace format has no place, line 2; expected channels X and Y, in every point, received X
          <trace>1 2</trace><traceFormat><channel name="Y"/><channel name="X"/></traceFormat> | X and Y change their places among the values, line 2
          <traceFormat><channel name="X"/><channel name="Y" orientation="-ve"/></traceFormat> | the axis Y is turned, line 2
          <trace>1 2                        | not well-formed XML
          <trace>1 &bomb;</trace>           | not well-formed XML, line 2
          """)
  void saysWhatIsWrongAndWhere(String body, String message) throws IOException {
    Path file = write("a.inkml", body);
    assertThatThrownBy(() -> InkMl.fromFolder(folder, 0.05, 0.05))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void bombsOtherXmlAndEmptyDrawingsAreRefused() throws IOException {
    Path file = folder.resolve("a.inkml");
    Files.writeString(file, "<!DOCTYPE ink [<!ENTITY a \"1 2\">]><ink><trace>&a;</trace></ink>");
    assertRefused(file, "has a document type (DOCTYPE), line 1");
    Files.writeString(file, "<svg/>");
    assertRefused(file, "not an InkML file; expected the element ink, received svg");
    Files.writeString(file, "");
    assertRefused(file, "not well-formed XML");
    write("a.inkml", "<trace/>");
    assertRefused(file, "the drawing is empty");
    write("a.inkml", "<trace>" + "1 2,".repeat(1_000_000) + "</trace>");
    assertRefused(file, "the drawing has too many points; expected at most 100000, received more");
  }

  @Test
  void damagedBytesAndUnknownEncodingsAreRefused() throws IOException {
    Path file = folder.resolve("a.inkml");
    Files.write(file, "<ink>\u00f0A</ink>".getBytes(ISO_8859_1)); // no UTF-8
    assertRefused(file, "not well-formed XML, line 1; expected a complete XML file, received");
    Files.writeString(file, "<?xml version=\"1.0\" encoding=\"x-none\"?><ink/>");
    assertRefused(file, "received the unknown encoding x-none. Get the file again.");
    Files.writeString(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><ink><trace>0 0, 1 2</trace></ink>",
        UTF_16);
    assertThat(InkMl.drawing(file)).isEqualTo(drawing(1, 2, 1));
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    Path file = write("a.inkml", label("x") + "<trace id=\"1\">10 0, 9 14</trace>");
    byte[] whole = Files.readString(file).strip().getBytes(UTF_8);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused(file, "not well-formed XML, line ");
    }
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> InkMl.drawing(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void foldersThatComeSplitAreKept() throws IOException {
    write("train/b.inkml", label("two") + "<trace>0 0, 2 2</trace>");
    write("train/a.inkml", label("one") + "<trace>0 0, 1 1</trace><trace/>");
    write("valid/a.inkml", label("three") + "<trace>0 0, 3 3</trace>");
    write("test/deeper/a.INKML", label("four") + "<trace>0 0, 4 4</trace>");
    write("test/e.inkml", label("five") + "<trace> </trace>");
    write("symbols/a.inkml", "<trace>0 0, 5 5</trace>");
    write("a.inkml", "<trace>0 0, 6 6</trace>");

    DrawingSplits ink = InkMl.fromFolder(folder, 0.5, 0.1);

    assertThat(ink.train().drawings()).containsExactly(drawing(1, 1, 1), drawing(2, 2, 1));
    assertThat(ink.train().texts()).containsExactly("one", "two");
    assertThat(ink.validation().texts()).containsExactly("three");
    assertThat(ink.test().texts()).containsExactly("four");
    assertThat(ink.notes())
        .containsExactly(
            "files outside train, valid and test, left out: 2 (a.inkml, symbols/a.inkml)",
            "strokes without a point: 2 (test/e.inkml, train/a.inkml)",
            "files without a point, left out: 1 (test/e.inkml)");
  }

  private static String label(String text) {
    return "<annotation type=\"label\">" + text + "</annotation>";
  }

  @Test
  void theFilesNameDecidesItsPart() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("d" + i + ".inkml", (i == 7 ? "" : label("x")) + "<trace>0 0, " + i + " 1</trace>");
    }
    DrawingSplits before = InkMl.fromFolder(folder, 0.2, 0.1);
    assertThat(before.notes()).containsExactly("no texts: only 59 of 60 drawings have one");
    assertThat(before.train().texts()).isEmpty();
    // by "printf d11.inkml | sha256sum": 3c5b... is 0.236 of 1, between 0.1 and 0.3; d10 is 0.029,
    // d5 0.093; of d0 to d25, d11, d15 and d22 are for validation
    assertThat(before.validation().drawings())
        .contains(drawing(11, 1, 1), drawing(15, 1, 1), drawing(22, 1, 1));
    assertThat(before.test().drawings())
        .contains(drawing(5, 1, 1), drawing(10, 1, 1), drawing(16, 1, 1))
        .contains(drawing(19, 1, 1), drawing(23, 1, 1));
    assertThat(before.train().drawings()).contains(drawing(0, 1, 1), drawing(25, 1, 1));
    assertThat(before.train().count() + before.validation().count() + before.test().count())
        .isEqualTo(60);

    for (int i = 0; i < 60; i += 2) {
      Files.delete(folder.resolve("d" + i + ".inkml"));
    }
    DrawingSplits half = InkMl.fromFolder(folder, 0.2, 0.1);
    assertThat(before.train().drawings()).containsAll(half.train().drawings());
    assertThat(before.validation().drawings()).containsAll(half.validation().drawings());
    assertThat(before.test().drawings()).containsAll(half.test().drawings());
  }

  @Test
  void foldersWithoutDrawingsAreRefused() throws IOException {
    assertThatThrownBy(() -> InkMl.fromFolder(folder, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no InkML file; expected files with names in .inkml");
    Path one = write("a.inkml", "<trace>0 0, 1 1</trace>");
    assertThatThrownBy(() -> InkMl.fromFolder(one, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received a file: one drawing makes no three parts");
    assertThatThrownBy(() -> InkMl.fromFolder(folder, 0.1, 0.1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no drawing; expected at least 1, received 0");
  }
}
