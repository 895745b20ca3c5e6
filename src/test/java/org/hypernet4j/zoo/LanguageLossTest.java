// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.hypernet4j.graph.Gradients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Cross entropy of padded sequences, and its derivative, against plain double arithmetic. */
class LanguageLossTest {
  private static final int V = 3;
  private static final int[] LENGTHS = {2, 1};

  /** Two steps of two sequences; the last row is padding. */
  private static final float[] LOGITS = {
    0.5f, -1f, 2f, /**/ 0f, 0.25f, -0.5f, /**/ 1f, 1f, -2f, /**/ 7f, 8f, 9f
  };

  private static final int[] TARGETS = {0, 2, 1, 1};

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Ops tf = Ops.create(graph);

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  private Operand<TFloat32> logits(float[] values, long time, long batch) {
    return tf.placeholderWithDefault(
        tf.constant(Shape.of(time, batch, V), DataBuffers.of(values, true, false)),
        Shape.of(-1, -1, V));
  }

  private Operand<TInt32> ints(long[] shape, int... values) {
    long[] unknown = new long[shape.length];
    java.util.Arrays.fill(unknown, -1);
    return tf.placeholderWithDefault(
        tf.constant(Shape.of(shape), DataBuffers.of(values, true, false)), Shape.of(unknown));
  }

  private Operand<TFloat32> loss(
      Operand<TFloat32> logits, Operand<TInt32> targets, @Nullable Operand<TInt32> lengths) {
    return LanguageLoss.of(tf, V, logits, targets, lengths);
  }

  private float[] fetch(Operand<TFloat32> tensor) {
    try (Result result = session.runner().fetch(tensor).run()) {
      TFloat32 value = (TFloat32) result.get(0);
      float[] copy = new float[(int) value.size()];
      value.asRawTensor().data().asFloats().read(copy);
      return copy;
    }
  }

  @Test
  void paddingOfAnyKindMakesNoDifference() {
    double nats = 0;
    double[] by = new double[LOGITS.length];
    for (int row = 0; row < 3; row++) {
      double sum = 0;
      for (int v = 0; v < V; v++) {
        sum += Math.exp(LOGITS[row * V + v]);
      }
      nats += Math.log(sum) - LOGITS[row * V + TARGETS[row]];
      for (int v = 0; v < V; v++) {
        double share = Math.exp(LOGITS[row * V + v]) / sum - (v == TARGETS[row] ? 1 : 0);
        by[row * V + v] = share / 3;
      }
    }
    for (float padding :
        new float[] {0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f}) {
      for (int target : new int[] {0, -1, V, Integer.MAX_VALUE}) {
        float[] values = LOGITS.clone();
        java.util.Arrays.fill(values, 3 * V, 4 * V, padding);
        Operand<TFloat32> logits = logits(values, 2, 2);
        Operand<TFloat32> loss =
            loss(
                logits,
                ints(new long[] {2, 2}, TARGETS[0], TARGETS[1], TARGETS[2], target),
                ints(new long[] {2}, LENGTHS));
        assertThat((double) fetch(loss)[0]).isCloseTo(nats / 3, within(1e-6));
        float[] gradient = fetch(Gradients.byTensors(loss, List.of(logits)).get(0));
        for (int i = 0; i < by.length; i++) {
          assertThat((double) gradient[i]).as("by logit " + i).isCloseTo(by[i], within(1e-6));
        }
      }
    }
  }

  @Test
  void nothingToPredictIsNoLoss() {
    Operand<TFloat32> none = logits(new float[0], 0, 2);
    Operand<TInt32> targets = ints(new long[] {0, 2});
    assertThat(fetch(loss(none, targets, null))).containsExactly(0f);
    assertThat(fetch(loss(none, targets, ints(new long[] {2}, 5, 1)))).containsExactly(0f);
    float[] nan = new float[4 * V];
    java.util.Arrays.fill(nan, Float.NaN);
    Operand<TFloat32> logits = logits(nan, 2, 2);
    Operand<TFloat32> loss =
        loss(logits, ints(new long[] {2, 2}, TARGETS), ints(new long[] {2}, 0, -3));
    assertThat(fetch(loss)).containsExactly(0f);
    assertThat(fetch(Gradients.byTensors(loss, List.of(logits)).get(0))).containsOnly(0f);
  }

  @Test
  void otherSizesAreRefused() {
    Operand<TFloat32> logits = logits(new float[6 * V], 3, 2);
    Operand<TInt32> turned = ints(new long[] {2, 3}, 0, 0, 0, 0, 0, 0);
    Operand<TInt32> targets = ints(new long[] {3, 2}, 0, 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> fetch(loss(logits, turned, null)))
        .hasMessageContainingAll("language model: targets: wrong first sizes", "[3 2]", "[[2 3]]");
    assertThatThrownBy(() -> fetch(loss(logits, targets, ints(new long[] {1}, 2))))
        .hasMessageContainingAll("language model: lengths: wrong first sizes", "[2]", "[[1]]");
  }
}
