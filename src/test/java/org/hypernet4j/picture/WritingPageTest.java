// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.picture.DrawingSvgTest.all;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

/** What the page is made of; {@code python-compat-tests/test_writing_page.py} plays it. */
class WritingPageTest {
  /** Pages for the browser test, which runs after these tests. */
  private static final Path PAGES = Path.of("target", "writing-pages");

  private static final DrawingStyle STYLE = DrawingStyle.DEFAULT.withStartsDown(false);

  @TempDir Path folder;

  static Writing writing(PenDrawing drawing, Writing.Axis axis, double... first) {
    TextStrips.Colour[] colours = TextStrips.Colour.values();
    String[] gates = {"i", "g", "f", "o"};
    List<TextStrips.Strip> strips =
        IntStream.range(0, 4)
            .mapToObj(
                s ->
                    new TextStrips.Strip(
                        "W_h^" + gates[s],
                        "gate " + gates[s] + " </script><script>",
                        colours[s],
                        s == 0 && first.length > 0 ? first : numbers(drawing.points(), s)))
            .toList();
    return new Writing(
        "A <b> & \"writing\" </title>", List.of("One note.", "Another < note."), drawing, strips, axis);
  }

  private static double[] numbers(int points, int strip) {
    return IntStream.range(0, points)
        .mapToDouble(i -> i == 0 ? Double.NaN : 0.01 * (1 + (7 * i + 3 * strip) % 11))
        .toArray();
  }

  /** Eight letters of three teeth each, and a bar across each that goes back. */
  static PenDrawing line() {
    float[] rows = new float[8 * 9 * 3];
    for (int letter = 0; letter < 8; letter++) {
      for (int i = 0; i < 9; i++) {
        int at = 3 * (9 * letter + i);
        rows[at] = i == 7 ? -30 : i == 8 ? 28 : i == 0 ? 12 : 5;
        rows[at + 1] = i == 7 ? -30 : i > 6 ? 0 : i % 2 == 0 ? 30 : -30;
        rows[at + 2] = i == 6 || i == 8 ? 1 : 0;
      }
    }
    return PenDrawing.of("line", rows);
  }

  private static String html(Writing writing) {
    return WritingPage.html(writing, STYLE);
  }

  /** The page without what HTML allows and XML does not. */
  private static Element parse(String html) {
    return DrawingSvgTest.parse(
        html.replace("<!DOCTYPE html>", "")
            .replaceAll("<(meta|link|input) ([^>]*)>", "<$1 $2/>")
            .replaceAll(" (hidden|selected)>", " $1=\"\">")
            .replaceAll("(?s)<script>.*?</script>", ""));
  }

  private static List<Element> strips(Element page) {
    return all(page, "div").stream()
        .filter(div -> div.getAttribute("class").startsWith("strip "))
        .toList();
  }

  private static List<String> shades(Element strip) {
    return all(strip, "rect").stream().map(r -> r.getAttribute("fill-opacity")).toList();
  }

  @Test
  void writesThePagesForTheBrowser() throws IOException {
    Files.createDirectories(PAGES);
    WritingPage.write(
        PAGES.resolve("sketch.html"), writing(DrawingSvgTest.SMALL, Writing.Axis.AUTO), STYLE);
    WritingPage.write(
        PAGES.resolve("line.html"),
        writing(line(), Writing.Axis.AUTO),
        DrawingStyle.DEFAULT.withByStroke(true));
    WritingPage.write(
        PAGES.resolve("point.html"),
        writing(DrawingSvgTest.drawing(0, 0, 1), Writing.Axis.AUTO),
        DrawingStyle.DEFAULT.withStartsDown(false));
    assertThat(PAGES.resolve("line.html")).exists();
  }

  @Test
  void sketchesHaveAColumnForEachPointAndShowWhereThePenWasLifted() {
    Element page =
        parse(
            html(
                writing(
                    DrawingSvgTest.SMALL, Writing.Axis.AUTO, Double.NaN, 0.5, 1, 2, 0.25, 0)));
    List<Element> strips = strips(page);
    assertThat(strips).hasSize(5); // the pen and four gates
    assertThat(all(strips.get(0), "path"))
        .extracting(p -> p.getAttribute("d"))
        .containsExactly("M3 0V1", "M4 0V1");
    // full colour at 2, the fifth of five numbers
    assertThat(shades(strips.get(1))).containsExactly("0", "0.25", "0.5", "1", "0.13", "0");
    assertThat(strips.get(1).getAttribute("class")).isEqualTo("strip blue");
    assertThat(all(strips.get(1), "sup").get(0).getTextContent()).isEqualTo("i");
    assertThat(all(page, "figure").get(0).getAttribute("class")).isEqualTo("time");
    assertThat(all(page, "input").get(0).getAttribute("max")).isEqualTo("6");
  }

  @Test
  void handwritingHasPlacesAsColumns() {
    Element page = parse(html(writing(line(), Writing.Axis.AUTO)));
    assertThat(all(page, "figure").get(0).getAttribute("class")).isEqualTo("place");
    assertThat(strips(page)).hasSize(4);
    assertThat(shades(strips(page).get(0))).hasSize(100);
  }

  /** Every stroke is an element, in its order, with the places of the drawing's own picture. */
  @Test
  void thePageHasTheWholeDrawingForThoseWithoutScript() {
    Element page = parse(html(writing(DrawingSvgTest.SMALL, Writing.Axis.AUTO)));
    Element ink = all(page, "svg").get(0);
    assertThat(ink.getAttribute("aria-label")).isEqualTo("drawing of 6 points in 3 strokes");
    List<Element> paths = all(ink, "path");
    assertThat(paths)
        .extracting(p -> p.getAttribute("d"))
        .containsExactly(
            "M60 60L646.67 60L646.67 353.33", // 880 / 6 for a unit, from 60
            "M353.33 353.33L353.33 646.67");
    assertThat(all(ink, "circle").get(0).getAttribute("cx")).isEqualTo("940");
    assertThat(all(page, "div"))
        .anyMatch(div -> div.getAttribute("id").equals("controls") && div.hasAttribute("hidden"));
  }

  @Test
  void textCannotLeaveItsPlace() {
    String html = html(writing(DrawingSvgTest.SMALL, Writing.Axis.AUTO));
    assertThat(html).contains("<title>A &lt;b&gt; &amp; &quot;writing&quot; &lt;/title&gt;</title>");
    assertThat(html.split("</script>", -1)).hasSize(3);
    Element page = parse(html);
    assertThat(all(page, "p").stream().map(Element::getTextContent))
        .contains("One note.", "Another < note.");
    assertThat(all(page, "span").stream().map(Element::getTextContent))
        .contains("gate i </script><script>");
    assertThat(Markup.escape("a\u0000\u001b\ud800b")).isEqualTo("a□□□b");
  }

  /** What the policy allows is what the page contains: the hashes are recalculated here. */
  @Test
  void thePolicyAllowsItsOwnScriptAndStyleOnly() throws Exception {
    String html = html(writing(line(), Writing.Axis.AUTO));
    assertThat(html).contains("default-src 'none'");
    assertThat(html).contains("script-src 'sha256-" + sha256(html, "<script>", "</script>") + "'");
    assertThat(html).contains("style-src 'sha256-" + sha256(html, "<style>", "</style>") + "'");
    assertThat(html)
        .doesNotContain(" style=", "onclick", "https:", "url(", "@import")
        .doesNotContainPattern("(?i)(src|href)=\"(?!data:)");
  }

  private static String sha256(String html, String begin, String end) throws Exception {
    int from = html.indexOf(begin) + begin.length();
    String text = html.substring(from, html.indexOf(end, from));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(hash);
  }

  @Test
  void numbersAreJson() {
    double[] first = {Double.NaN, Double.POSITIVE_INFINITY, 1e300, 1e-7, 0, 12.5};
    String html = html(writing(DrawingSvgTest.SMALL, Writing.Axis.AUTO, first));
    assertThat(html).contains("\"values\":[null,null,null,1.0E-7,0.0,12.5]");
    String data =
        html.substring(
            html.indexOf("id=\"data\">") + 10, html.indexOf("</script>", html.indexOf("id=\"data\"")));
    assertThat(data).doesNotContain("NaN", "Infinity").contains("\"strokes\":[[1,3],[4,4],[5,6]]");
    assertThat(data).matches("[\\[\\]{}\",:.a-zE0-9\\n-]+");
  }

  @ParameterizedTest
  @MethodSource("org.hypernet4j.picture.DrawingSvgTest#degenerate")
  void degenerateDrawingsHavePages(PenDrawing drawing) {
    for (Writing.Axis axis : Writing.Axis.values()) {
      String html = WritingPage.html(writing(drawing, axis), DrawingStyle.DEFAULT);
      Element page = parse(html);
      String ink = html.substring(html.indexOf("<figure"), html.indexOf("<div id=\"controls"));
      assertThat(ink).doesNotContain("NaN", "Infinity");
      assertThat(all(page, "input").get(0).getAttribute("max")).isEqualTo("" + drawing.points());
    }
  }

  @Test
  void theSameWritingIsTheSameFile() throws IOException {
    Path first = folder.resolve("1.html");
    Path second = folder.resolve("2.html");
    WritingPage.write(first, writing(line(), Writing.Axis.AUTO), STYLE);
    WritingPage.write(second, writing(line(), Writing.Axis.AUTO), STYLE);
    assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));
    assertThatThrownBy(
            () ->
                WritingPage.write(
                    folder.resolve("no/p.html"), writing(line(), Writing.Axis.AUTO), STYLE))
        .isInstanceOf(UserError.class);
  }

  /** Width 100 and margin 2 % of 1000: place x is at 20 + 9.6 x of 1000, ten to a column. */
  @Test
  void aColumnHasTheLargestNumberOfThePointsThatShareIt() {
    PenDrawing drawing =
        DrawingSvgTest.drawing(0, 0, 0, 50, 0, 0, 50, 0, 1, -20, 0, 0, 10, 0, 0);
    StripColumns columns =
        StripColumns.of(
            drawing, Writing.Axis.AUTO, DrawingFrame.of(drawing, STYLE.withSize(1000)));
    assertThat(columns.place()).isTrue();
    assertThat(columns.count()).isEqualTo(100);
    // 20, 500, 980, 788, 884: a drawn line fills the columns between its ends, a lifted pen does not
    assertThat(columns.from()).containsExactly(2, 2, 50, 78, 78);
    assertThat(columns.to()).containsExactly(2, 50, 98, 78, 88);
    double[] largest = columns.largest(new double[] {1, 2, 3, 8, 4});
    assertThat(Arrays.copyOfRange(largest, 1, 3)).containsExactly(Double.NaN, 2);
    assertThat(largest[49]).isEqualTo(2);
    assertThat(largest[50]).isEqualTo(3);
    assertThat(largest[78]).isEqualTo(8);
    assertThat(largest[88]).isEqualTo(4);
    assertThat(largest[89]).isEqualTo(3);
  }

  @Test
  void whatGoesBackFarOrIsHighRunsInTime() {
    assertThat(isPlace(0, 0, 0, 90, 0, 0, -29, 0, 0, 39, 0, 0)).isTrue();
    assertThat(isPlace(0, 0, 0, 90, 0, 0, -34, 0, 0, 44, 0, 0)).isFalse(); // 34 of 100
    assertThat(isPlace(0, 0, 0, 50, 51, 0, 50, 0, 0)).isFalse();
    assertThat(isPlace(0, 0, 0, 50, 49, 0, 50, 0, 0)).isTrue();
  }

  private static boolean isPlace(double... rows) {
    PenDrawing drawing = DrawingSvgTest.drawing(rows);
    return StripColumns.of(drawing, Writing.Axis.AUTO, DrawingFrame.of(drawing, STYLE)).place();
  }

  @Test
  void manyPointsShareColumnsOfTime() {
    float[] rows = new float[3 * 1500];
    Arrays.fill(rows, 1);
    PenDrawing drawing = PenDrawing.of("test", rows);
    StripColumns columns =
        StripColumns.of(
            drawing, Writing.Axis.TIME, DrawingFrame.of(drawing, STYLE.withSize(1000)));
    assertThat(columns.count()).isEqualTo(600);
    assertThat(columns.from()[1499]).isEqualTo(599);
    assertThat(columns.from()[3]).isEqualTo(1); // 3 * 600 / 1500
  }

  @Test
  void stripsHaveANumberForEachPoint() {
    assertThatThrownBy(() -> writing(DrawingSvgTest.SMALL, Writing.Axis.AUTO, 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("W_h^i: 2 numbers for a drawing of 6 points");
  }
}
