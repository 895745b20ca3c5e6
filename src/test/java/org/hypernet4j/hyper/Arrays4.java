// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Axis permutations in plain Java, and comparisons in the measure of the golden vectors. */
public final class Arrays4 {
  private Arrays4() {}

  /** Permutes the axes of a row-major array: axis k of the result is axis {@code order[k]}. */
  public static float[] transpose(float[] values, int[] shape, int... order) {
    float[] result = new float[values.length];
    int rank = shape.length;
    int[] index = new int[rank];
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    for (int flat = 0; flat < values.length; flat++) {
      int from = 0;
      for (int k = 0; k < rank; k++) {
        from += index[k] * strides[order[k]];
      }
      result[flat] = values[from];
      for (int k = rank - 1; k >= 0; k--) {
        if (++index[k] < shape[order[k]]) {
          break;
        }
        index[k] = 0;
      }
    }
    return result;
  }

  /** Every entry within {@code tolerance} of the expected one. */
  public static void assertClose(String name, float[] actual, double[] expected, double tolerance) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).as("largest difference of " + name).isCloseTo(0, within(tolerance));
  }

  /** Every entry within {@code tolerance} of the largest expected entry. */
  public static void assertGradient(
      String name, float[] actual, double[] expected, double tolerance) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).as(name + " is not all zeros").isPositive();
    assertClose(name, actual, expected, tolerance * largest);
  }

  public static double[] toDoubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  public static float[] toFloats(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
