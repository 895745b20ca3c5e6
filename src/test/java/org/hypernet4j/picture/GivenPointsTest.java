// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The points that a drawing began with before a model went on. */
class GivenPointsTest {
  private static final DrawingStyle TWO = DrawingStyle.DEFAULT.withSize(100).withGiven(2);

  /** Down the left side, along the bottom in two points, then a second stroke. */
  private static final PenDrawing DRAWING =
      PenDrawing.of("test", new float[] {0, 10, 0, 5, 0, 0, 5, 0, 1, 0, -5, 0, 0, -5, 1});

  @TempDir Path folder;

  @Test
  void aStrokeThatGoesOnIsTwo() {
    assertThat(new PenPath(DRAWING, true, 2).strokes)
        .containsExactly(
            new PenPath.Stroke(0, 2, true),
            new PenPath.Stroke(2, 3, false),
            new PenPath.Stroke(4, 5, false));
    assertThat(new PenPath(DRAWING, true, 3).strokes)
        .containsExactly(new PenPath.Stroke(0, 3, true), new PenPath.Stroke(4, 5, false));
    assertThat(new PenPath(DRAWING, true, 0).strokes).noneMatch(PenPath.Stroke::given).hasSize(2);
  }

  @Test
  void areExactlyThePaleOnesOfAnSvg() {
    for (String svg :
        List.of(
            DrawingSvg.still(DRAWING, TWO),
            DrawingSvg.animated(DRAWING, TWO),
            DrawingSvg.still(DRAWING, TWO.withByStroke(true)))) {
      assertThat(svg.split("stroke-opacity=\"0.35\"", -1)).hasSize(2);
    }
    assertThat(DrawingSvg.still(DRAWING, TWO.withGiven(0))).doesNotContain("stroke-opacity");
  }

  @Test
  void areGreyInAPng() throws IOException {
    Path file = folder.resolve("a.png");
    DrawingPng.write(file, DRAWING, TWO.withSize(800));

    BufferedImage image = ImageIO.read(file.toFile());
    // 800 pixels less two margins of 48 for 10 units: the left edge at x 48, the lower at y 752
    assertThat(image.getRGB(48, 400) & 0xff).isBetween(164, 168); // 255 (1 - 0.35) = 165.75
    assertThat(image.getRGB(600, 752) & 0xff).isZero();
    assertThat(image.getRGB(752, 200) & 0xff).isZero();
  }

  @Test
  void rowsApartDecideTheScaleOfAGrid() {
    PenDrawing small = PenDrawing.of("small", new float[] {10, 0, 0, 0, 10, 1});
    PenDrawing large = PenDrawing.of("large", new float[] {1000, 0, 0, 0, 1000, 1});
    DrawingGrid grid =
        new DrawingGrid(
            "",
            List.of(),
            List.of(
                DrawingGrid.Row.of("", List.of(small, large, large, large)),
                new DrawingGrid.Row("data", List.of(small), true)));

    List<PenFit> fits = GridLayout.of(grid, TWO.withGiven(0), 8, 20).drawings();

    assertThat(fits.get(0).scale()).isEqualTo(fits.get(4).scale());
    // cells of 100 pixels with a padding of 9
    assertThat(fits.get(4).scale()).isEqualTo(8.2);
    assertThat(fits.get(1).scale()).isEqualTo(0.082);
  }
}
