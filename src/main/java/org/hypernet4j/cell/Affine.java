// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.graph.internal.CustomGradient;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * {@code gain x + shift}, row by row; without a gain {@code x + shift}.
 *
 * @param x {@code [batch, size]}
 * @param gain {@code [size]} or null
 * @param shift {@code [size]}
 */
record Affine(Operand<TFloat32> x, @Nullable Operand<TFloat32> gain, Operand<TFloat32> shift)
    implements CustomGradient {
  @Override
  public List<Operand<TFloat32>> inputs() {
    return gain == null ? List.of(x, shift) : List.of(x, gain, shift);
  }

  @Override
  public List<Operand<TFloat32>> forward(Ops tf) {
    return List.of(tf.math.add(gain == null ? x : tf.math.mul(x, gain), shift));
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
    Operand<TFloat32> byShift = tf.reduceSum(byValue, tf.constant(0));
    return gain == null
        ? Arrays.asList(byValue, byShift)
        : Arrays.asList(
            tf.math.mul(byValue, gain),
            tf.reduceSum(tf.math.mul(byValue, x), tf.constant(0)),
            byShift);
  }

  @Override
  public boolean worthKeeping() {
    return false;
  }
}
