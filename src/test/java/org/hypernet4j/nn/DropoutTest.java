// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.internal.Seeds;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DropoutTest {
  private static final int SIZE = 20_000;

  private static float[] dropped(Dropout dropout, long step) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> index = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> ones = tf.fill(tf.constant(new int[] {SIZE}), tf.constant(3f));
      Operand<TFloat32> y = dropout.apply(tf, ones, index);
      try (Feeds feeds = new Feeds().longs(index, Shape.scalar(), step);
          Result result = feeds.into(session.runner()).fetch(y).run()) {
        float[] values = new float[SIZE];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
        return values;
      }
    }
  }

  @Test
  void keepsTheShareAndTheMean() {
    float[] y = dropped(new Dropout(0.8f, 1, "a"), 0);
    int kept = 0;
    for (float value : y) {
      assertThat(value == 0f || Math.abs(value - 3f / 0.8f) < 1e-6f).isTrue();
      kept += value == 0f ? 0 : 1;
    }
    // a binomial share: standard deviation sqrt(0.8 * 0.2 / 20000) = 0.0028
    assertThat(kept / (double) SIZE).isCloseTo(0.8, within(4 * 0.0028));
  }

  @Test
  void isAFunctionOfSeedNameAndStep() {
    float[] y = dropped(new Dropout(0.5f, 1, "a"), 7);
    assertThat(dropped(new Dropout(0.5f, 1, "a"), 7)).isEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 1, "a"), 8)).isNotEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 1, "b"), 7)).isNotEqualTo(y);
    assertThat(dropped(new Dropout(0.5f, 2, "a"), 7)).isNotEqualTo(y);
  }

  /** Philox written again from the paper, with its own known answer. */
  private static int[] philox(int[] counter, int key0, int key1) {
    int[] c = counter.clone();
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < 10; round++) {
      long a = (c[0] & 0xffffffffL) * 0xd2511f53L;
      long b = (c[2] & 0xffffffffL) * 0xcd9e8d57L;
      c = new int[] {(int) (b >>> 32) ^ c[1] ^ k0, (int) b, (int) (a >>> 32) ^ c[3] ^ k1, (int) a};
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    return c;
  }

  @Test
  void dropsWhereTheNumbersOfPhiloxSay() {
    // known answer of the authors' library, Random123, for a counter and a key of zeros
    assertThat(philox(new int[4], 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);

    long step = (3L << 40) + 7;
    long key = Seeds.of(1, "a");
    float[] y = dropped(new Dropout(0.3f, 1, "a"), step);
    for (int i = 0; i < SIZE; i += 4) {
      int[] counter = {i / 4, 0, (int) step, (int) (step >>> 32)};
      int[] bits = philox(counter, (int) key, (int) (key >>> 32));
      for (int j = 0; j < 4; j++) {
        double uniform = (bits[j] & 0x7fffff) / (double) 0x800000;
        assertThat(y[i + j])
            .as("entry " + (i + j))
            .isCloseTo(uniform < 0.3f ? 10f : 0f, within(1e-5f));
      }
    }
  }

  @Test
  void keepingAllChangesNothing() {
    assertThat(dropped(new Dropout(1f, 1, "a"), 7)).containsOnly(3f);
  }

  @Test
  void refusesADropRateOfOne() {
    assertThatThrownBy(() -> new Dropout(0f, 1, "a"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("dropout 'a': the share of entries to keep is out of range");
  }
}
