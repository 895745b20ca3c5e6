// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {
  /** Row r and column c: sin(1 + 7 r + 3 r c) + c / (r + 1); more rows than a chunk if large. */
  private static float[][] rows(int count, int width) {
    float[][] rows = new float[count][width];
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < width; c++) {
        rows[r][c] = (float) (Math.sin(1 + 7.0 * r + 3.0 * r * c) + c / (r + 1.0));
      }
    }
    return rows;
  }

  private static double error(float[][] rows, float[][] rebuilt) {
    double sum = 0;
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < rows[r].length; c++) {
        double difference = (double) rows[r][c] - rebuilt[r][c];
        sum += difference * difference;
      }
    }
    return sum / rows.length / rows[0].length;
  }

  /**
   * Means of squared errors and shares of the variance from NumPy's SVD:
   *
   * <pre>{@code
   * r, c = np.arange(40.0)[:, None], np.arange(6.0)[None, :]
   * x = (np.sin(1 + 7 * r + 3 * r * c) + c / (r + 1)).astype(np.float32).astype(np.float64)
   * x -= x.mean(axis=0)
   * s = np.linalg.svd(x, compute_uv=False) ** 2
   * s[2:].sum() / x.size, s[:2] / s.sum()
   * }</pre>
   */
  @Test
  void agreesWithNumPy() {
    float[][] rows = rows(40, 6);

    PrincipalComponents two = PrincipalComponents.fit(rows, 2);

    assertThat(error(rows, two.reconstruct(rows))).isCloseTo(0.3332135910856962, within(1e-8));
    assertThat(two.explained())
        .containsExactly(new double[] {0.5396321530512059, 0.12074478082620689}, within(1e-12));
  }

  /** The error of a linear code is the variance that it leaves; 4,100 rows are three chunks. */
  @Test
  void theErrorIsTheVarianceLeft() {
    float[][] rows = rows(4100, 5);
    double[] all = PrincipalComponents.fit(rows, 5).explained();
    double variance = error(rows, meanOf(rows));
    for (int count = 1; count <= 5; count++) {
      double left = 0;
      for (int c = count; c < 5; c++) {
        left += all[c] * variance;
      }
      PrincipalComponents fitted = PrincipalComponents.fit(rows, count);
      assertThat(error(rows, fitted.reconstruct(rows))).isCloseTo(left, within(1e-9));
    }
  }

  private static float[][] meanOf(float[][] rows) {
    float[][] means = new float[rows.length][rows[0].length];
    for (int c = 0; c < rows[0].length; c++) {
      double sum = 0;
      for (float[] row : rows) {
        sum += row[c];
      }
      for (float[] mean : means) {
        mean[c] = (float) (sum / rows.length);
      }
    }
    return means;
  }

  /** Rows on a line through (1, 2): one number is enough, for other rows of the line, too. */
  @Test
  void aLineNeedsOneNumber() {
    PrincipalComponents line = PrincipalComponents.fit(new float[][] {{1, 2}, {4, 6}, {-2, -2}}, 1);

    assertThat(line.explained()[0]).isCloseTo(1, within(1e-12));
    assertThat(line.decode(line.encode(new float[] {7, 10})))
        .containsExactly(new float[] {7, 10}, within(1e-6f));
    assertThat(Math.abs(line.encode(new float[] {7, 10})[0])).isCloseTo(10, within(1e-12));
    // off the line: its foot
    assertThat(line.decode(line.encode(new float[] {1 + 4, 2 - 3})))
        .containsExactly(new float[] {1, 2}, within(1e-6f));
  }

  @Test
  void equalRowsHaveNoVariance() {
    PrincipalComponents none = PrincipalComponents.fit(new float[][] {{3, 1}, {3, 1}}, 2);
    assertThat(none.explained()).containsExactly(0, 0);
    assertThat(none.reconstruct(new float[][] {{3, 1}})[0]).containsExactly(3, 1);
  }

  @Test
  void refusesWhatCannotBeFitted() {
    float[][] rows = rows(3, 2);
    refused("too few rows; expected two or more, received 1", () -> fit(rows(1, 2), 1));
    refused("number of components; expected 1 to 2, received 3", () -> fit(rows, 3));
    refused("number of components; expected 1 to 2, received 0", () -> fit(rows, 0));
    refused("received 10001", () -> fit(new float[2][10_001], 1));
    refused("received 0", () -> fit(new float[2][0], 1));
    refused("row 1; expected 2 values, received 1", () -> fit(new float[][] {{1, 2}, {1}}, 1));
    refused("row 1; expected finite values, received NaN", () -> fit(nan(), 1));
    PrincipalComponents fitted = fit(rows, 1);
    refused("expected 2 values, received 3", () -> fitted.encode(new float[3]));
    refused("a code; expected 1 numbers, received 2", () -> fitted.decode(new double[2]));
  }

  private static float[][] nan() {
    return new float[][] {{1, 2}, {1, Float.NaN}};
  }

  private static PrincipalComponents fit(float[][] rows, int count) {
    return PrincipalComponents.fit(rows, count);
  }

  private static void refused(String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("principal components: ")
        .hasMessageContaining(message);
  }
}
