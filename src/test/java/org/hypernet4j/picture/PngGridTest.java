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

class PngGridTest {
  @TempDir Path folder;

  /** Draws, reads the file back and gives its grey levels row by row. */
  private int[][] levels(float[] kernel, long[] shape, int zoom) throws IOException {
    Path file = folder.resolve("k.png");
    PngGrid.write(file, kernel, shape, zoom);
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    assertThat(image.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
    Raster raster = image.getRaster();
    int[][] rows = new int[image.getHeight()][];
    for (int y = 0; y < rows.length; y++) {
      rows[y] = raster.getSamples(0, y, image.getWidth(), 1, 0, (int[]) null);
    }
    return rows;
  }

  @Test
  void laysOutInputsAsRowsAndOutputsAsColumns() throws IOException {
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
    assertThat(levels(kernel, new long[] {1, 2, 2, 3}, 1))
        .isDeepEqualTo(
            new int[][] {
              {0, 230, 255, 128, 26, 255, 255, 191},
              {255, 255, 255, 255, 255, 255, 255, 255},
              {153, 102, 255, 179, 77, 255, 204, 51}
            });
  }

  @Test
  void zoomRepeatsEachPixelAndEachLine() throws IOException {
    float[] kernel = {-1, 1, 0, 0.5f}; // 2x1 filters, 1 input, 2 outputs
    int[][] plain = levels(kernel, new long[] {2, 1, 1, 2}, 1);
    assertThat(plain).isDeepEqualTo(new int[][] {{0, 255, 255}, {128, 255, 191}});
    int[][] zoomed = levels(kernel, new long[] {2, 1, 1, 2}, 3);
    assertThat(zoomed).hasDimensions(6, 9);
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 9; x++) {
        assertThat(zoomed[y][x]).isEqualTo(plain[y / 3][x / 3]);
      }
    }
  }

  @Test
  void aKernelOfZerosIsMidGrey() throws IOException {
    assertThat(levels(new float[4], new long[] {2, 2, 1, 1}, 1))
        .isDeepEqualTo(new int[][] {{128, 128}, {128, 128}});
  }

  @Test
  void refusesWhatItCannotDraw() throws IOException {
    Path file = folder.resolve("k.png");
    assertThatThrownBy(
            () -> PngGrid.write(file, new float[] {1, Float.NaN}, new long[] {1, 2, 1, 1}, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received NaN at flat index 1");
    assertThatThrownBy(() -> PngGrid.write(file, new float[1], new long[] {1, 1, 1, 1}, 100_000))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 100000 x 100000")
        .hasMessageEndingWith("Choose a smaller zoom.");
    assertThatThrownBy(() -> PngGrid.write(file, new float[3], new long[] {1, 2, 1, 1}, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PngGrid.write(file, new float[2], new long[] {1, 2, 1, 1}, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Files.exists(file)).isFalse();
  }
}
