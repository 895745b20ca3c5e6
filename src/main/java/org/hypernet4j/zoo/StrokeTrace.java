// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.Map;
import org.hypernet4j.cell.DynamicWeight;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How much the weights that a hypernetwork makes change from one point of a drawing to the next
 * (HyperNetworks, Fig 7): the Frobenius norm of the difference between a gate's weights while a
 * point is read and while the point before it was, or the start token. See {@link DynamicWeight}.
 */
public final class StrokeTrace {
  private StrokeTrace() {}

  /**
   * Measures drawings.
   *
   * @param drawings rows {@code dx, dy, pen} in normalised units, {@code [T, B, 3]}; padding only
   *     reaches results behind it
   * @param z {@code [B, size]} for a model with a latent vector, otherwise null
   * @return {@code [T, B]} by the name of the weight and its gate, {@code W_h_i}; none for a model
   *     whose weights are constant
   */
  public static Map<String, Operand<TFloat32>> changes(
      Ops tf, StrokeModel model, Operand<TFloat32> drawings, @Nullable Operand<TFloat32> z) {
    Operand<TInt32> batch = tf.gather(tf.shape(drawings), tf.constant(1), tf.constant(0));
    Operand<TFloat32> read = StrokeSeries.withStart(tf, model.density(), drawings);
    Operand<TFloat32> x = z == null ? read : StrokeModel.withLatent(tf, read, z);
    return WeightChanges.of(tf, model.cell(), x, model.initialState(tf, batch, z));
  }
}
