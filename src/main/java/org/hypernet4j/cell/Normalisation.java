// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.graph.internal.CustomGradient;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon)} over the units of each gate, the variance being
 * the biased one. With r the reciprocal of the root, the derivative is
 *
 * <pre>
 * dx = r ( dy - mean(dy) - y mean(dy y) )
 * </pre>
 *
 * and needs y and r only.
 *
 * @param x {@code [batch, gates * units]}
 */
record Normalisation(Operand<TFloat32> x, int gates, int units, float epsilon)
    implements CustomGradient {

  @Override
  public List<Operand<TFloat32>> inputs() {
    return List.of(x);
  }

  @Override
  public List<Operand<TFloat32>> forward(Ops tf) {
    Operand<TFloat32> byGate = byGate(tf, x);
    Operand<TFloat32> centred =
        tf.math.sub(byGate, tf.math.mean(byGate, axis(tf), Mean.keepDims(true)));
    Operand<TFloat32> variance =
        tf.math.mul(
            tf.reduceSum(tf.math.square(centred), axis(tf), ReduceSum.keepDims(true)),
            tf.constant(1f / units));
    Operand<TFloat32> reciprocal = tf.math.rsqrt(tf.math.add(variance, tf.constant(epsilon)));
    return List.of(
        flat(tf, tf.math.mul(centred, reciprocal), gates * units), flat(tf, reciprocal, gates));
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
    Operand<TFloat32> y = byGate(tf, results.get(0));
    Operand<TFloat32> dy = byGate(tf, byValue);
    Operand<TFloat32> r =
        gates == 1
            ? results.get(1)
            : tf.reshape(results.get(1), tf.constant(new int[] {-1, gates, 1}));
    Operand<TFloat32> along = tf.math.mean(tf.math.mul(dy, y), axis(tf), Mean.keepDims(true));
    Operand<TFloat32> centred = tf.math.sub(dy, tf.math.mean(dy, axis(tf), Mean.keepDims(true)));
    Operand<TFloat32> dx = tf.math.mul(tf.math.sub(centred, tf.math.mul(y, along)), r);
    return Arrays.asList(flat(tf, dx, gates * units));
  }

  @Override
  public boolean worthKeeping() {
    return true;
  }

  private Operand<TInt32> axis(Ops tf) {
    return tf.constant(gates == 1 ? 1 : 2);
  }

  private Operand<TFloat32> byGate(Ops tf, Operand<TFloat32> flat) {
    return gates == 1 ? flat : tf.reshape(flat, tf.constant(new int[] {-1, gates, units}));
  }

  private Operand<TFloat32> flat(Ops tf, Operand<TFloat32> byGate, int size) {
    return gates == 1 ? byGate : tf.reshape(byGate, tf.constant(new int[] {-1, size}));
  }
}
