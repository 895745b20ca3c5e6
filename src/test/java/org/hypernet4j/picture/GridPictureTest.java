// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.picture.DrawingSvgTest.all;
import static org.hypernet4j.picture.DrawingSvgTest.drawing;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class GridPictureTest {
  private static final DrawingStyle STYLE =
      DrawingStyle.DEFAULT.withStartsDown(false).withSize(100);

  @TempDir Path folder;

  private static PenDrawing square(double side) {
    return drawing(0, 0, 0, side, 0, 0, 0, side, 0, -side, 0, 0, 0, -side, 1);
  }

  private static DrawingGrid grid() {
    return new DrawingGrid(
        "<Samples>",
        List.of("first", "second"),
        List.of(
            DrawingGrid.Row.of("0.2", List.of(square(41), square(82), square(20.5))),
            new DrawingGrid.Row("data", List.of(square(820)), true)));
  }

  private static Element svg(boolean animated) {
    return DrawingSvgTest.parse(GridPicture.svg(grid(), STYLE, animated));
  }

  /**
   * Places by hand. Cells of 100 with a padding of 9 leave 82, so scales of 2, 1, 4 and 0.1 would
   * fit; of four drawings no whole one is in the quarter that may be larger: the scale is 0.1.
   */
  @Test
  void smallDrawingsShareAScale() {
    List<Element> paths = all(svg(false), "path");
    assertThat(paths).hasSize(5); // the line above the data, then the drawings
    // title 44, captions 22; left of the cells 4 letters of 8 and 11
    assertThat(paths.get(0).getAttribute("d")).isEqualTo("M0 170H343");
    // 4.1 wide in the middle of 43 to 143 and 66 to 166
    assertThat(paths.get(1).getAttribute("d"))
        .isEqualTo("M90.95 113.95L95.05 113.95L95.05 118.05L90.95 118.05L90.95 113.95");
    // 82 wide: fills its cell, which begins at 66 + 100 + 9
    assertThat(paths.get(4).getAttribute("d")).startsWith("M52 184L134 184L134 266");
  }

  @Test
  void largerDrawingsAreMadeToFit() {
    DrawingGrid grid =
        new DrawingGrid(
            "",
            List.of(),
            List.of(
                DrawingGrid.Row.of("", Collections.nCopies(8, square(41))),
                DrawingGrid.Row.of("", List.of(square(1e30)))));
    Element svg = DrawingSvgTest.parse(GridPicture.svg(grid, STYLE, false));
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 800 200");
    List<Element> paths = all(svg, "path");
    assertThat(paths.get(0).getAttribute("d")).startsWith("M9 9L91 9L91 91");
    assertThat(paths.get(8).getAttribute("d")).startsWith("M9 109L91 109L91 191");
    assertThat(all(svg, "text")).isEmpty();
  }

  @Test
  void captionsStandBesideTheirRowsAndAboveTheirColumns() {
    List<Element> texts = all(svg(false), "text");
    assertThat(texts)
        .extracting(t -> t.getTextContent() + " " + t.getAttribute("text-anchor"))
        .containsExactly("<Samples> start", "first middle", "second middle", "0.2 end", "data end");
    assertThat(texts.get(1).getAttribute("x")).isEqualTo("93");
    assertThat(texts.get(3).getAttribute("y")).isEqualTo("121"); // 66 + 50, and 5 to the base line
    assertThat(svg(false).getAttribute("aria-label")).isEqualTo("<Samples>: 4 drawings");
  }

  @Test
  void cellsOfHandwritingAreWide() {
    DrawingGrid grid =
        new DrawingGrid(
            "",
            List.of(),
            List.of(DrawingGrid.Row.of("", List.of(drawing(0, 0, 0, 50, 10, 0, 50, -10, 0)))));
    Element svg = DrawingSvgTest.parse(GridPicture.svg(grid, STYLE, false));
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 100 10");
  }

  @Test
  void anAnimatedGridBeginsEverywhereAtOnce() {
    List<Element> paths = all(svg(true), "path");
    assertThat(paths.subList(1, 5))
        .allMatch(p -> p.getAttribute("style").startsWith("animation-delay: 0.0000s"));
  }

  @Test
  void degenerateDrawingsHaveCellsToo() throws IOException {
    DrawingGrid grid =
        new DrawingGrid(
            "",
            List.of(),
            List.of(
                DrawingGrid.Row.of("all", DrawingSvgTest.degenerate()),
                DrawingGrid.Row.of("none", List.of())));
    for (boolean animated : new boolean[] {false, true}) {
      String xml = GridPicture.svg(grid, STYLE, animated);
      assertThat(xml).doesNotContain("NaN", "Infinity");
      DrawingSvgTest.parse(xml);
    }
    Path file = folder.resolve("grid.png");
    GridPicture.writePng(file, grid, STYLE);
    assertThat(Objects.requireNonNull(ImageIO.read(file.toFile())).getWidth()).isPositive();
    DrawingGrid dot =
        new DrawingGrid("", List.of(), List.of(DrawingGrid.Row.of("", List.of(drawing(1, 1, 1)))));
    Element svg = DrawingSvgTest.parse(GridPicture.svg(dot, STYLE, false));
    assertThat(all(svg, "circle").get(0).getAttribute("cx")).isEqualTo("50");
  }

  /** Left of the cells 4 letters of 12 and 12; above them title 48, captions 24. */
  @Test
  void pngHasTheSamePlaces() throws IOException {
    Path file = folder.resolve("grid.png");
    GridPicture.writePng(file, grid(), STYLE);
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    assertThat(image.getWidth()).isEqualTo(60 + 300);
    assertThat(image.getHeight()).isEqualTo(48 + 24 + 200 + 9);
    // the data's square: its cell begins at 60 + 9, 72 + 100 + 9 + 9; the pen is 2.5 wide
    assertThat(image.getRGB(100, 190) & 0xffffff).isZero();
    assertThat(image.getRGB(100, 200) & 0xffffff).isEqualTo(0xffffff);
    assertThat(image.getRGB(350, 176) & 0xffffff).isEqualTo(0xbbbbbb);
    Path again = folder.resolve("again.png");
    GridPicture.writePng(again, grid(), STYLE);
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void refusesWhatNoPictureHolds() {
    assertThatThrownBy(() -> new DrawingGrid("", List.of(), List.of()))
        .hasMessage("a grid without drawings");
    DrawingGrid many =
        new DrawingGrid(
            "", List.of(), List.of(DrawingGrid.Row.of("", Collections.nCopies(40, square(1)))));
    Path file = folder.resolve("many.png");
    assertThatThrownBy(() -> GridPicture.writePng(file, many, STYLE.withSize(2048)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("81920 x 2048 for 40 drawings");
    assertThat(file).doesNotExist();
  }
}
