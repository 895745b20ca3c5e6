// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class NpyArrayTest {
  @Test
  void convertsWhatSurvivesExactly() {
    NpyArray floats = NpyArray.of(new float[] {-2, 0.1f, Float.NaN, Float.NEGATIVE_INFINITY}, 4);
    assertThat(floats.doubles())
        .containsExactly(-2, 0.10000000149011612, Double.NaN, Double.NEGATIVE_INFINITY);
    assertThat(NpyArray.of(new double[] {0.5, Double.NaN}, 2).floats())
        .containsExactly(0.5f, Float.NaN);
    assertThat(NpyArray.of(new double[] {-3, 0x1p31 - 1}, 2).ints())
        .containsExactly(-3, Integer.MAX_VALUE);
    assertThat(NpyArray.of(new float[] {-0x1p63f}, 1).longs()).containsExactly(Long.MIN_VALUE);
    assertThat(NpyArray.of(new long[] {Long.MIN_VALUE}, 1).floats()).containsExactly(-0x1p63f);
    assertThat(NpyArray.of(new int[] {1 << 24}, 1).floats()).containsExactly(0x1p24f);
    assertThat(NpyArray.of(new short[] {-7}, 1).longs()).containsExactly(-7);
    assertThat(NpyArray.ofSigned(new byte[] {-56}, 1).ints()).containsExactly(-56);
    assertThat(NpyArray.ofUnsigned(new byte[] {-56}, 1).ints()).containsExactly(200);
    assertThat(NpyArray.ofUnsigned(new byte[] {-56}, 1).bytes()).containsExactly(-56);
    assertThat(NpyArray.of(new boolean[] {true, false}, 2).floats()).containsExactly(1, 0);
  }

  @Test
  void refusesWhatWouldNot() {
    assertThatThrownBy(() -> NpyArray.of(new double[] {0.5, 0.1}, 2).floats())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "array: cannot be read as float32 without loss; received 0.1 at flat index 1 of"
                + " float64 [2].");
    for (NpyArray array :
        new NpyArray[] {
          NpyArray.of(new double[] {1e300}, 1),
          NpyArray.of(new double[] {1e-300}, 1),
          NpyArray.of(new int[] {(1 << 24) + 1}, 1),
          NpyArray.of(new long[] {Long.MAX_VALUE}, 1)
        }) {
      assertThatThrownBy(array::floats).isInstanceOf(UserError.class);
    }
    assertThatThrownBy(NpyArray.of(new long[] {Long.MAX_VALUE}, 1)::doubles)
        .isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new long[] {(1L << 53) + 1}, 1)::doubles)
        .isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new long[] {1L << 31}, 1)::ints).isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new float[] {1.5f}, 1)::ints).isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new double[] {Double.NaN}, 1)::ints)
        .isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new double[] {0x1p63}, 1)::longs).isInstanceOf(UserError.class);
    assertThatThrownBy(NpyArray.of(new int[] {1}, 1)::bytes).isInstanceOf(UserError.class);
  }

  @Test
  void cannotBeChangedFromOutside() {
    float[] values = {1, 2};
    long[] shape = {2};
    NpyArray array = NpyArray.of(values, shape);
    values[0] = 9;
    shape[0] = 9;
    array.floats()[1] = 9;
    array.shape()[0] = 9;
    assertThat(array).isEqualTo(NpyArray.of(new float[] {1, 2}, 2));
    assertThat(array).hasSameHashCodeAs(NpyArray.of(new float[] {1, 2}, 2));
  }

  @Test
  void differsByTypeShapeAndValues() {
    NpyArray array = NpyArray.of(new float[] {1, 2}, 2);
    assertThat(array)
        .isNotEqualTo(NpyArray.of(new double[] {1, 2}, 2))
        .isNotEqualTo(NpyArray.of(new float[] {1, 2}, 2, 1))
        .isNotEqualTo(NpyArray.of(new float[] {1, 3}, 2))
        .hasToString("float32 [2]");
  }

  @Test
  void valuesMustFillTheShape() {
    assertThatThrownBy(() -> NpyArray.of(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 values do not fill an array of shape [2, 3]");
    assertThatThrownBy(() -> NpyArray.of(new float[1], 1L << 40, 1L << 40))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
