// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The update of every LSTM here, from its gates' pre-activations (paper, equations 9 and 13). */
final class LstmUpdate {
  private LstmUpdate() {}

  /**
   * Computes the next state.
   *
   * <pre>
   * c' = sigmoid(f + forgetBias) c + sigmoid(i) mask tanh(g)
   * h' = sigmoid(o) tanh(LN(c'))
   * </pre>
   *
   * @param gates pre-activations, {@code [batch, 4 * units]}, columns i, g, f, o
   * @param c memory before the step, {@code [batch, units]}
   * @param mask of recurrent dropout without memory loss, {@code [batch, units]}, or null
   * @param norm of the memory on its way to the output, or null; the carried memory never is
   */
  static LstmState apply(
      Ops tf,
      CellValues values,
      Operand<TFloat32> gates,
      Operand<TFloat32> c,
      float forgetBias,
      @Nullable Operand<TFloat32> mask,
      @Nullable LayerNorm norm) {
    List<org.tensorflow.Output<TFloat32>> split = tf.split(tf.constant(1), gates, 4L).output();
    Operand<TFloat32> forget = split.get(2);
    if (forgetBias != 0f) {
      forget = tf.math.add(forget, tf.constant(forgetBias));
    }
    Operand<TFloat32> candidate = values.tanh(tf, split.get(1));
    if (mask != null) {
      candidate = tf.math.mul(candidate, mask);
    }
    Operand<TFloat32> next =
        tf.math.add(
            tf.math.mul(values.sigmoid(tf, forget), c),
            tf.math.mul(values.sigmoid(tf, split.get(0)), candidate));
    Operand<TFloat32> shown = norm == null ? next : norm.apply(tf, values, next);
    return new LstmState(
        next, tf.math.mul(values.sigmoid(tf, split.get(3)), values.tanh(tf, shown)));
  }
}
