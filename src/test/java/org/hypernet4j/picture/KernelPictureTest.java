// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelPictureTest {
  @TempDir Path folder;

  /** The grey levels row by row. */
  private static int[][] levels(float[] kernel, long... shape) {
    return rows(KernelPicture.tiles(kernel, shape, "k").buffered().getRaster());
  }

  private static int[][] rows(Raster raster) {
    int[][] rows = new int[raster.getHeight()][];
    for (int y = 0; y < rows.length; y++) {
      rows[y] = raster.getSamples(0, y, raster.getWidth(), 1, 0, (int[]) null);
    }
    return rows;
  }

  @Test
  void laysOutInputsAsRowsAndOutputsAsColumns() {
    // 1x2 filters, 2 inputs, 3 outputs; weight(w, i, o) as below, scale 5 is the largest magnitude
    float[] kernel = new float[12];
    float[][][] weight = {
      {{-5, 0, 5}, {1, 2, 3}}, // w = 0: [input][output]
      {{4, -4, 2.5f}, {-1, -2, -3}} // w = 1
    };
    for (int w = 0; w < 2; w++) {
      for (int i = 0; i < 2; i++) {
        for (int o = 0; o < 3; o++) {
          kernel[(w * 2 + i) * 3 + o] = weight[w][i][o];
        }
      }
    }
    // 127.5 + 25.5 v rounded half up
    assertThat(levels(kernel, 1, 2, 2, 3))
        .isDeepEqualTo(
            new int[][] {
              {0, 230, 255, 128, 26, 255, 255, 191},
              {255, 255, 255, 255, 255, 255, 255, 255},
              {153, 102, 255, 179, 77, 255, 204, 51}
            });
  }

  @Test
  void thePictureHasTheTilesLargeAndSharp() throws IOException {
    float[] kernel = {-1, 1, 0, 0.5f}; // 2x1 filters, 1 input, 2 outputs
    Path file = folder.resolve("k.png");
    KernelPicture.write(file, "conv1", kernel, new long[] {2, 1, 1, 2});
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    Scene.Raster tiles =
        KernelPicture.scene("conv1", kernel, new long[] {2, 1, 1, 2}, "k").items().stream()
            .filter(Scene.Raster.class::isInstance)
            .map(Scene.Raster.class::cast)
            .findFirst()
            .orElseThrow();
    // zoom 12 at two pixels each; the last row and column of a weight are as the first
    int[][] expected = {{0, 255, 255}, {128, 255, 191}};
    for (int y = 0; y < 48; y++) {
      for (int x = 0; x < 72; x++) {
        assertThat(image.getRGB(2 * (int) tiles.x() + x, 2 * (int) tiles.y() + y) & 0xff)
            .isEqualTo(expected[y / 24][x / 24]);
      }
    }
  }

  @Test
  void aKernelOfZerosIsMidGrey() {
    assertThat(levels(new float[4], 2, 2, 1, 1))
        .isDeepEqualTo(new int[][] {{128, 128}, {128, 128}});
  }

  @Test
  void refusesWhatItCannotDraw() throws IOException {
    Path file = folder.resolve("k.png");
    assertThatThrownBy(
            () ->
                KernelPicture.write(file, "k", new float[] {1, Float.NaN}, new long[] {1, 2, 1, 1}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received NaN at flat index 1");
    assertThatThrownBy(
            () ->
                KernelPicture.write(file, "k", new float[9_000_000], new long[] {1, 1, 3000, 3000}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 11998 x 11998")
        .hasMessageEndingWith("Draw a smaller part of it.");
    assertThatThrownBy(() -> KernelPicture.write(file, "k", new float[3], new long[] {1, 2, 1, 1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.exists(file)).isFalse();
  }
}
