// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class DrawingSvgTest {
  @TempDir Path folder;

  /** A corner of two lines, a dot to the right of it, and a line down that is not lifted. */
  static final PenDrawing SMALL =
      drawing(
          -1, -1, 0, /**/ 4, 0, 0, /**/ 0, 2, 1, //
          2, 0, 1, //
          -4, 0, 0, /**/ 0, 2, 0);

  private static final DrawingStyle STYLE = DrawingStyle.DEFAULT.withStartsDown(false).withSize(100);

  static PenDrawing drawing(double... rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = (float) rows[i];
    }
    return PenDrawing.of("test", values);
  }

  /** Drawings without extent, on a line, and of the largest offsets there are. */
  static List<PenDrawing> degenerate() {
    float most = Float.MAX_VALUE;
    float[] huge = new float[3 * 1000];
    Arrays.fill(huge, most);
    for (int i = 0; i < 1000; i++) {
      huge[3 * i + 2] = i % 100 == 99 ? 1 : 0;
    }
    return List.of(
        drawing(0, 0, 0),
        drawing(3, 4, 1),
        drawing(0, 0, 0, 0, 0, 1, 0, 0, 0),
        drawing(0, 0, 0, 5, 0, 0, 5, 0, 1),
        drawing(0, 0, 0, 0, -5, 0),
        drawing(0, 0, 1, 5, 5, 1, 5, 5, 1),
        drawing(1e6, -1e6, 0, 1e-3, 1e-3, 1),
        drawing(most, most, 0, -most, most, 0, most, -most, 1),
        drawing(Float.MIN_VALUE, 0, 0, Float.MIN_VALUE, Float.MIN_VALUE, 0),
        PenDrawing.of("test", huge));
  }

  static Element parse(String xml) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError(xml, e);
    }
  }

  static List<Element> all(Element from, String tag) {
    NodeList nodes = from.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  /**
   * Places by hand: x from -1 to 5, y from -1 to 3 with the first point at (-1, -1); 100 pixels with
   * a margin of 6 leave 88, so 88 / 6 for a unit of x.
   */
  @Test
  void pathsAreThePlacesOfTheEquation() {
    Element svg = parse(DrawingSvg.still(SMALL, STYLE));
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 100 71"); // 4 * 88 / 6 + 12 = 70.67
    assertThat(svg.getAttribute("aria-label")).isEqualTo("drawing of 6 points in 3 strokes");
    assertThat(all(svg, "path")).hasSize(1);
    assertThat(all(svg, "path").get(0).getAttribute("d"))
        .isEqualTo("M6 6L64.67 6L64.67 35.33M35.33 35.33L35.33 64.67");
    assertThat(all(svg, "circle")).hasSize(1);
    Element dot = all(svg, "circle").get(0);
    assertThat(dot.getAttribute("cx")).isEqualTo("94");
    assertThat(dot.getAttribute("cy")).isEqualTo("35.33");
    assertThat(Double.parseDouble(dot.getAttribute("r"))).isCloseTo(1.8 * 0.75, within(0.006));
    Element group = all(svg, "g").get(0);
    assertThat(group.getAttribute("stroke-width")).isEqualTo("1.8");
    assertThat(group.getAttribute("stroke-linecap")).isEqualTo("round");
    assertThat(group.getAttribute("stroke")).isEqualTo("currentColor");
  }

  /** From (0, 0), which is 1 to the right of and below the first point. */
  @Test
  void aPenThatStartsDownDrawsTheFirstOffset() {
    Element svg = parse(DrawingSvg.still(SMALL, STYLE.withStartsDown(true)));
    assertThat(all(svg, "path").get(0).getAttribute("d"))
        .startsWith("M20.67 20.67L6 6L64.67 6L64.67 35.33M");
  }

  @Test
  void theLongerSideHasTheSize() {
    Element high = parse(DrawingSvg.still(drawing(0, 0, 0, 10, 40, 0), STYLE));
    assertThat(high.getAttribute("height")).isEqualTo("100");
    assertThat(high.getAttribute("width")).isEqualTo("34"); // 22 + 12
    assertThat(all(high, "path").get(0).getAttribute("d")).isEqualTo("M6 6L28 94");
  }

  /** 40 teeth 5 wide and 8 high: 200 to 8, drawn 96 to 3.84; 3 % of that is below the least. */
  @Test
  void handwritingHasAThinPenAndALineAThickOne() {
    double[] rows = new double[40 * 6];
    for (int i = 0; i < 40; i++) {
      rows[6 * i] = 2.5;
      rows[6 * i + 1] = 8;
      rows[6 * i + 3] = 2.5;
      rows[6 * i + 4] = -8;
    }
    assertThat(pen(drawing(rows))).isEqualTo("0.25");
    assertThat(pen(drawing(0, 0, 0, 0, 9, 0))).isEqualTo("1.8");
  }

  private static String pen(PenDrawing drawing) {
    return all(parse(DrawingSvg.still(drawing, STYLE)), "g").get(0).getAttribute("stroke-width");
  }

  @Test
  void strokesMayHaveColours() {
    Element svg = parse(DrawingSvg.still(SMALL, STYLE.withByStroke(true)));
    assertThat(all(svg, "path"))
        .extracting(p -> p.getAttribute("class"))
        .containsExactly("h4-c0", "h4-c2");
    assertThat(all(svg, "circle").get(0).getAttribute("class")).isEqualTo("h4-c1");
    String css = all(svg, "style").get(0).getTextContent();
    assertThat(css).contains(".h4-c0 { color: #0b5fa5; }", ".h4-c0 { color: #6db6f2; }");
  }

  /** 0.04 s a point; vertices 0 to 2, 3, 4 to 5. */
  @Test
  void strokesBeginWhenThePenGetsThere() {
    Element svg = parse(DrawingSvg.animated(SMALL, STYLE));
    assertThat(all(svg, "path"))
        .extracting(p -> p.getAttribute("style"))
        .containsExactly(
            "animation-delay: 0.0000s; animation-duration: 0.0800s",
            "animation-delay: 0.1600s; animation-duration: 0.0400s");
    assertThat(all(svg, "circle").get(0).getAttribute("style")).startsWith("animation-delay: 0.12");
    assertThat(all(svg, "path")).allMatch(p -> p.getAttribute("pathLength").equals("1"));
    assertThat(all(svg, "path").get(0).getAttribute("d")).isEqualTo("M6 6L64.67 6L64.67 35.33");
  }

  /** What hides a line stands in keyframes, and these are used where motion is welcome. */
  @Test
  void withoutAnimationNothingIsHidden() {
    String css = all(parse(DrawingSvg.animated(SMALL, STYLE)), "style").get(0).getTextContent();
    String still = css.replaceAll("(?s)@keyframes[^{]*\\{(\\s*[^{}]*\\{[^}]*\\})*\\s*\\}", "");
    assertThat(css).contains("dasharray", "opacity: 0");
    assertThat(still).doesNotContain("dash", "opacity", "forwards", "both", "infinite");
    assertThat(still.substring(0, still.indexOf("no-preference"))).doesNotContain("animation");
  }

  @Test
  void aLongDrawingTakesFifteenSeconds() {
    assertThat(DrawingSvg.seconds(10)).isEqualTo(0.04);
    assertThat(DrawingSvg.seconds(100_000) * 100_000).isCloseTo(15, within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("degenerate")
  void degenerateDrawingsStayInThePicture(PenDrawing drawing) {
    for (boolean down : new boolean[] {false, true}) {
      DrawingStyle style = STYLE.withStartsDown(down);
      for (String xml :
          List.of(
              DrawingSvg.still(drawing, style),
              DrawingSvg.still(drawing, style.withByStroke(true)),
              DrawingSvg.animated(drawing, style))) {
        assertThat(xml).doesNotContain("NaN", "Infinity");
        Element svg = parse(xml);
        double width = Double.parseDouble(svg.getAttribute("width"));
        double height = Double.parseDouble(svg.getAttribute("height"));
        assertThat(Math.max(width, height)).isBetween(99.0, 100.0);
        assertThat(Math.min(width, height)).isGreaterThanOrEqualTo(4);
        int drawn = 0;
        for (Element path : all(svg, "path")) {
          Matcher place = Pattern.compile("[ML](\\S+?) ([0-9.]+)").matcher(path.getAttribute("d"));
          while (place.find()) {
            drawn++;
            assertThat(Double.parseDouble(place.group(1))).isBetween(2.0, width - 2 + 0.01);
            assertThat(Double.parseDouble(place.group(2))).isBetween(2.0, height - 2 + 0.01);
          }
        }
        assertThat(drawn + all(svg, "circle").size()).isPositive();
      }
    }
  }

  @Test
  void aPointIsADotInTheMiddle() {
    Element svg = parse(DrawingSvg.still(drawing(7, -9, 1), STYLE));
    assertThat(all(svg, "path")).isEmpty();
    assertThat(all(svg, "circle").get(0).getAttribute("cx")).isEqualTo("50");
    assertThat(all(svg, "circle").get(0).getAttribute("cy")).isEqualTo("50");
  }

  @Test
  void lengthsHaveTwoDecimalsInEveryLanguage() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(List.of(0.0, 1.5, -0.004, -1.234, 12.056, 99.999, 0.07, -0.25))
          .extracting(Markup::length)
          .containsExactly("0", "1.5", "0", "-1.23", "12.06", "100", "0.07", "-0.25");
      assertThat(DrawingSvg.animated(SMALL, STYLE)).contains("delay: 0.1600s");
    } finally {
      Locale.setDefault(before);
    }
    assertThatThrownBy(() -> Markup.length(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameDrawingIsTheSameFile() throws IOException {
    Path first = folder.resolve("a.svg");
    Path second = folder.resolve("b.svg");
    DrawingSvg.writeAnimated(first, SMALL, STYLE);
    DrawingSvg.writeAnimated(second, SMALL, STYLE);
    assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));
    DrawingSvg.write(second, SMALL, STYLE);
    assertThat(Files.readString(second)).doesNotContain("animation", "url(");
  }

  @Test
  void saysWhereItCannotWrite() {
    assertThatThrownBy(() -> DrawingSvg.write(folder.resolve("no/a.svg"), SMALL, STYLE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.resolve("no").toString());
  }

  @Test
  void sizesHaveBounds() {
    assertThatThrownBy(() -> STYLE.withSize(15)).hasMessage("size 15 is not in 16 to 8192");
    assertThatThrownBy(() -> STYLE.withSize(8193)).isInstanceOf(IllegalArgumentException.class);
  }
}
