// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DrawingPngTest {
  private static final DrawingStyle STYLE =
      DrawingStyle.DEFAULT.withStartsDown(false).withSize(200);

  @TempDir Path folder;

  private BufferedImage image(PenDrawing drawing, DrawingStyle style) throws IOException {
    Path file = folder.resolve("a.png");
    DrawingPng.write(file, drawing, style);
    return Objects.requireNonNull(ImageIO.read(file.toFile()));
  }

  private static int at(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xffffff;
  }

  /** Places of {@code DrawingSvgTest.SMALL}, twice as large; the pen is 3.6 wide. */
  @Test
  void linesAreBlackAndWhatThePenSkipsIsWhite() throws IOException {
    BufferedImage image = image(DrawingSvgTest.SMALL, STYLE);
    assertThat(image.getWidth()).isEqualTo(200);
    assertThat(image.getHeight()).isEqualTo(142);
    assertThat(at(image, 12, 12)).isZero();
    assertThat(at(image, 70, 12)).isZero();
    assertThat(at(image, 129, 50)).isZero();
    assertThat(at(image, 188, 70)).isZero(); // the dot
    assertThat(at(image, 70, 100)).isZero();
    assertThat(at(image, 160, 70)).isEqualTo(0xffffff); // from the corner to the dot
    assertThat(at(image, 100, 70)).isEqualTo(0xffffff); // and back to the last line
    assertThat(at(image, 12, 70)).isEqualTo(0xffffff);
  }

  @Test
  void edgesAreSmoothAndEndsRound() throws IOException {
    BufferedImage image = image(DrawingSvgTest.drawing(0, 0, 0, 30, 40, 0), STYLE.withSize(1000));
    int grey = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      int pixel = at(image, x, 500);
      grey += pixel != 0 && pixel != 0xffffff ? 1 : 0;
    }
    assertThat(grey).isBetween(1, 6);
    // the pen is 18 wide; 7 pixels above the first point are within its radius
    assertThat(at(image, 60, 53)).isZero();
    assertThat(at(image, 60, 49)).isEqualTo(0xffffff);
  }

  @Test
  void strokesMayHaveColours() throws IOException {
    BufferedImage image = image(DrawingSvgTest.SMALL, STYLE.withByStroke(true));
    assertThat(at(image, 70, 12)).isEqualTo(TextStrips.Colour.BLUE.onWhite);
    assertThat(at(image, 70, 100)).isEqualTo(TextStrips.Colour.ORANGE.onWhite);
  }

  @ParameterizedTest
  @MethodSource("org.hypernet4j.picture.DrawingSvgTest#degenerate")
  void degenerateDrawingsShowSomething(PenDrawing drawing) throws IOException {
    BufferedImage image = image(drawing, STYLE);
    assertThat(Math.max(image.getWidth(), image.getHeight())).isBetween(199, 200);
    int black = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        black += at(image, x, y) == 0 ? 1 : 0;
      }
    }
    assertThat(black).isPositive();
  }

  @Test
  void theSameDrawingIsTheSameFile() throws IOException {
    Path first = folder.resolve("1.png");
    Path second = folder.resolve("2.png");
    DrawingPng.write(first, DrawingSvgTest.SMALL, STYLE);
    DrawingPng.write(second, DrawingSvgTest.SMALL, STYLE);
    assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));
  }
}
