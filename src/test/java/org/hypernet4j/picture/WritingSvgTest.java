// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.picture.DrawingSvgTest.all;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

class WritingSvgTest {
  private static final DrawingStyle STYLE =
      DrawingStyle.DEFAULT.withStartsDown(false).withSize(120);

  @TempDir Path folder;

  private static Writing writing(double... values) {
    return new Writing(
        "",
        List.of(),
        DrawingSvgTest.SMALL,
        List.of(new TextStrips.Strip("W_h^i", "input", TextStrips.Colour.BLUE, values)),
        Writing.Axis.AUTO);
  }

  private static Element svg(boolean animated, Writing... writings) {
    return DrawingSvgTest.parse(
        WritingSvg.svg("a <label>", List.of(writings), STYLE, animated));
  }

  private static List<Element> pieces(Element svg) {
    return all(svg, "rect").stream().filter(r -> r.hasAttribute("class")).toList();
  }

  /**
   * Places by hand. Labels: 10 letters of 7. A drawing of 120 is 86 high (108 * 4 / 6 + 14.4, the
   * margin being 7.2; 84.8 rounded up is 85); six columns of 20, shortened where the pen is lifted.
   */
  @Test
  void aPointIsAPieceOfTheStripBelowTheDrawing() {
    Element svg = svg(false, writing(Double.NaN, 1, 2, 4, 1, 0));
    assertThat(svg.getAttribute("aria-label")).isEqualTo("a <label>");
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 190 129"); // 85 + 11 + 11 + 22
    assertThat(pieces(svg))
        .extracting(
            r ->
                "%s %s %s"
                    .formatted(
                        r.getAttribute("x"),
                        r.getAttribute("width"),
                        r.getAttribute("fill-opacity")))
        .containsExactly("20 20 0.25", "40 18.5 0.5", "60 18.5 1", "80 20 0.25");
    Element sign = all(svg, "text").get(0);
    assertThat(sign.getTextContent()).isEqualTo("Whiinput");
    assertThat(all(sign, "tspan"))
        .extracting(t -> t.getAttribute("dy"))
        .containsExactly("", "0", "3", "-8", "5");
  }

  @Test
  void drawingsSideBySideHaveOneScale() {
    Element svg = svg(false, writing(0, 1, 0, 0, 0, 0), writing(0, 4, 0, 0, 0, 0));
    assertThat(svg.getAttribute("width")).isEqualTo("334"); // 70, two of 120, 24 between
    // 4 is the twelfth of twelve numbers
    assertThat(pieces(svg))
        .extracting(r -> r.getAttribute("fill-opacity"))
        .containsExactly("0.25", "1");
    assertThatThrownBy(
            () ->
                svg(
                    false,
                    writing(0, 1, 0, 0, 0, 0),
                    new Writing(
                        "", List.of(), DrawingSvgTest.SMALL, List.of(), Writing.Axis.TIME)))
        .hasMessage("writings with different strips");
  }

  @Test
  void stripsAppearWithTheirPoints() {
    Element svg = svg(true, writing(0, 1, 2, 4, 1, 0));
    List<Element> columns =
        all(svg, "g").stream().filter(g -> g.getAttribute("class").equals("h4-dot")).toList();
    assertThat(columns)
        .extracting(g -> g.getAttribute("style").substring(0, 24))
        .containsExactly(
            "animation-delay: 0.0000s",
            "animation-delay: 0.1000s",
            "animation-delay: 0.2000s",
            "animation-delay: 0.3000s",
            "animation-delay: 0.4000s",
            "animation-delay: 0.5000s");
  }

  @ParameterizedTest
  @MethodSource("org.hypernet4j.picture.DrawingSvgTest#degenerate")
  void degenerateDrawingsHaveStrips(PenDrawing drawing) throws IOException {
    for (Writing.Axis axis : Writing.Axis.values()) {
      Path file = folder.resolve("a.svg");
      WritingSvg.write(
          file, "a", List.of(WritingPageTest.writing(drawing, axis)), STYLE, true);
      String xml = Files.readString(file);
      assertThat(xml).doesNotContain("NaN", "Infinity");
      DrawingSvgTest.parse(xml);
    }
  }
}
