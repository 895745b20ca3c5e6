// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;

class OutputDifferenceTest {
  private static final Tolerance TOLERANCE = new Tolerance(0.5, 0.25);

  @Test
  void theLimitIsAbsolutePlusRelativeOfTheExpected() {
    // 0.5 + 0.25 * 2 = 1 around 2, and 0.5 around 0
    assertThat(TOLERANCE.accepts(3, 2)).isTrue();
    assertThat(TOLERANCE.accepts(1, 2)).isTrue();
    assertThat(TOLERANCE.accepts(3.001, 2)).isFalse();
    assertThat(TOLERANCE.accepts(-0.5, 0)).isTrue();
    assertThat(TOLERANCE.accepts(-0.501, 0)).isFalse();
  }

  @Test
  void whatIsNotFiniteNeverPasses() {
    for (double bad :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThat(TOLERANCE.accepts(bad, bad)).isFalse();
      assertThat(TOLERANCE.accepts(bad, 0)).isFalse();
      assertThat(TOLERANCE.accepts(0, bad)).isFalse();
    }
  }

  @Test
  void aToleranceIsANumber() {
    assertThatThrownBy(() -> new Tolerance(-1, 0)).hasMessageContaining("not negative");
    assertThatThrownBy(() -> new Tolerance(0, Double.NaN)).hasMessageContaining("finite");
    assertThatThrownBy(() -> new Tolerance(Double.POSITIVE_INFINITY, 0))
        .hasMessageContaining("finite");
  }

  @Test
  void floatsAreComparedNumberByNumber() {
    // differences 0.25, 4, 0.125; relative to 8 and 16: 0.5 and 0.0078125 (0.25 is below the limit)
    OutputDifference difference =
        between(
            NpyArray.of(new float[] {0.25f, 12, 16.125f}, 3),
            NpyArray.of(new float[] {0, 8, 16}, 3));

    assertThat(difference.maxAbsolute()).isEqualTo(4);
    assertThat(difference.maxRelative()).isEqualTo(0.5);
    assertThat(difference.rejected()).isEqualTo(1);
    assertThat(difference.notFinite()).isZero();
  }

  @Test
  void aNaNIsAnInfiniteDifference() {
    OutputDifference difference =
        between(NpyArray.of(new double[] {Double.NaN, 1}, 2), NpyArray.of(new double[] {1, 1}, 2));

    assertThat(difference.maxAbsolute()).isInfinite();
    assertThat(difference.rejected()).isEqualTo(1);
    assertThat(difference.notFinite()).isEqualTo(1);
  }

  @Test
  void integersMustBeEqual() {
    // a relative tolerance of a quarter would let 100 pass for 101
    OutputDifference difference =
        between(NpyArray.of(new long[] {100, 7}, 2), NpyArray.of(new long[] {101, 7}, 2));

    assertThat(difference.maxAbsolute()).isEqualTo(1);
    assertThat(difference.rejected()).isEqualTo(1);
  }

  private static OutputDifference between(NpyArray actual, NpyArray expected) {
    return OutputDifference.between(0, "serving_default", "y", actual, expected, TOLERANCE);
  }
}
