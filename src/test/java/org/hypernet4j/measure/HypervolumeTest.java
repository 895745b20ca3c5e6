// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Areas of rectangles worked by hand; many points in {@link MeasuresReferenceTest}. */
class HypervolumeTest {
  /** To (4, 4): 3 x 1 above (1, 3), and 2 x 2 more above (2, 1); (2, 2) and (5, 0) add nothing. */
  @Test
  void aStaircase() {
    double[][] points = {{2, 2}, {5, 0}, {1, 3}, {2, 1}, {1, 3}};
    assertThat(Hypervolume.of(points, 4, 4)).isEqualTo(7);
    assertThat(Hypervolume.front(points)).isEqualTo(new double[][] {{1, 3}, {2, 1}, {5, 0}});
  }

  @Test
  void pointsBeyondTheReferenceAddNothing() {
    assertThat(Hypervolume.of(new double[][] {{3, 0}, {0, 3}, {9, 9}}, 3, 3)).isZero();
    assertThat(Hypervolume.of(new double[][] {{1, 1}, {0, 5}}, 3, 3)).isEqualTo(4);
    assertThat(Hypervolume.of(new double[][] {{-1, -1}}, 0, 0)).isEqualTo(1);
  }

  /** Points (x, 1 - x) at n equal steps: the triangle of 1/2 and n half squares less. */
  @Test
  void aLineComesNearItsTriangle() {
    int n = 1000;
    double[][] points = new double[n + 1][];
    for (int i = 0; i <= n; i++) {
      points[i] = new double[] {i / (double) n, 1 - i / (double) n};
    }
    assertThat(Hypervolume.of(points, 1, 1)).isCloseTo(0.5 - 0.5 / n, within(1e-12));
  }

  @Test
  void refusesWhatIsNoTradeOff() {
    refused("points: there is nothing to measure");
    refused("point 0: lists of different lengths; expected 2 values, received 3", 1, 2, 3);
    refused("second losses: a value that cannot be measured", 1, Double.NaN);
    refused("first losses: a value that cannot be measured", Double.NEGATIVE_INFINITY, 0);
    assertThatThrownBy(() -> Hypervolume.of(new double[][] {{1, 1}}, 3, Double.NaN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("reference: a value that cannot be measured");
  }

  private static void refused(String message, double... point) {
    double[][] points = point.length == 0 ? new double[0][] : new double[][] {point};
    assertThatThrownBy(() -> Hypervolume.of(points, 3, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  /** 18.2 and 21.1 dB are what an error of 0.0153 and 0.0078 means for pixels from 0 to 1. */
  @Test
  void decibels() {
    assertThat(Psnr.of(0.01, 1)).isCloseTo(20, within(1e-12));
    assertThat(Psnr.of(650.25, 255)).isCloseTo(20, within(1e-12));
    assertThat(Psnr.of(0.0153, 1)).isCloseTo(18.2, within(0.05));
    assertThat(Psnr.of(0.0078, 1)).isCloseTo(21.1, within(0.05));
    assertThat(Psnr.of(0, 1)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> Psnr.of(Double.NaN, 1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Psnr.of(-1, 1)).isInstanceOf(UserError.class);
  }

  @Test
  void squaredErrors() {
    float[] image = {0, 1, 0.5f, 1};
    assertThat(Psnr.meanSquaredError(image, new float[] {0, 0, 1, 0.75f}))
        .isEqualTo((1 + 0.25 + 0.0625) / 4);
    assertThatThrownBy(() -> Psnr.meanSquaredError(image, new float[3]))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 4 values, received 3 pixels");
    assertThatThrownBy(() -> Psnr.meanSquaredError(new float[0], new float[0]))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Psnr.meanSquaredError(image, new float[] {0, 0, Float.NaN, 0}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("pixels received: a value");
  }
}
