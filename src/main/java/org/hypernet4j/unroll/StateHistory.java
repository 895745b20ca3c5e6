// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** One part of the state before every step, and after the last. */
final class StateHistory {
  private final Ops tf;
  private final TensorSeries series;
  private final Operand<TInt32> dynamicBatch;
  private @Nullable Operand<TFloat32> stacked;

  /**
   * Takes a series of time + 1 tensors.
   *
   * @param tf the ops of the graph in which it was written
   */
  StateHistory(Ops tf, TensorSeries series, Operand<TInt32> dynamicBatch) {
    this.tf = tf;
    this.series = series;
    this.dynamicBatch = dynamicBatch;
  }

  TensorSeries series() {
    return series;
  }

  /** The state before each step, {@code [time, batch, size]}; no additional copy. */
  Operand<TFloat32> before() {
    Operand<TInt32> shape = tf.shape(stacked());
    Operand<TInt32> shorter = tf.math.sub(shape, tf.constant(new int[] {1, 0, 0}));
    return tf.slice(stacked(), tf.constant(new int[] {0, 0, 0}), shorter);
  }

  /** The state after each step, {@code [time, batch, size]}; no additional copy. */
  Operand<TFloat32> after() {
    return tf.slice(
        stacked(), tf.constant(new int[] {1, 0, 0}), tf.constant(new int[] {-1, -1, -1}));
  }

  private Operand<TFloat32> stacked() {
    if (stacked == null) {
      stacked = series.stack(tf, dynamicBatch);
    }
    return stacked;
  }
}
