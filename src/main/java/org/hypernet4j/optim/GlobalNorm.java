// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.internal.Branch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The square root of the sum of the squares of all entries.
 *
 * <p>Squares of float32 overflow above 1.8e19 and underflow below 1e-19, long before the entries
 * do. Only if the sum is infinite or tiny are the squares summed again in float64: a step with
 * ordinary gradients costs one comparison.
 *
 * @param value the norm; infinite where it is larger than float32 holds, NaN where an entry is NaN
 * @param inFloat the norm from squares in float32: not finite where one of them may have overflowed
 */
record GlobalNorm(Operand<TFloat32> value, Operand<TFloat32> inFloat) {
  /** Below this, entries too small to be squared in float32 could matter together. */
  private static final float SMALL = 1e-12f;

  static GlobalNorm of(Ops tf, List<? extends Operand<TFloat32>> tensors) {
    Operand<TFloat32> inFloat = norm(tf, tensors, tf.constant(2f));
    Operand<TBool> usual =
        tf.math.logicalAnd(tf.math.isFinite(inFloat), tf.math.greater(inFloat, tf.constant(SMALL)));
    List<Operand<TFloat32>> given = new ArrayList<>(tensors);
    given.add(inFloat);
    Operand<TFloat32> value =
        Branch.of(
            tf,
            "global_norm",
            usual,
            given,
            Shape.scalar(),
            (inside, all) -> inside.identity(all.get(all.size() - 1)),
            (inside, all) -> inDouble(inside, all.subList(0, all.size() - 1)));
    return new GlobalNorm(value, inFloat);
  }

  private static Operand<TFloat32> inDouble(Ops tf, List<Operand<TFloat32>> tensors) {
    List<Operand<TFloat64>> wide = new ArrayList<>();
    tensors.forEach(tensor -> wide.add(tf.dtypes.cast(tensor, TFloat64.class)));
    return tf.dtypes.cast(norm(tf, wide, tf.constant(2.0)), TFloat32.class);
  }

  private static <T extends TNumber> Operand<T> norm(
      Ops tf, List<? extends Operand<T>> tensors, Operand<T> two) {
    List<Operand<T>> halves = new ArrayList<>();
    tensors.forEach(tensor -> halves.add(tf.nn.l2Loss(tensor)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halves), two));
  }
}
