// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.graph.internal.KeyedRandom;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** {@link SymbolDraw} as ops, each row with settings of its own. */
final class GraphDraw {

  private GraphDraw() {}

  /**
   * Chooses a symbol for each row. No row fails: a server may have combined the requests of several
   * users in one batch.
   *
   * @param logits {@code [B, V]}
   * @param temperature {@code [B]}; 0, negative values and NaN select the most probable symbol
   * @param topK {@code [B]}; 0 and negative values stand for all symbols
   * @param seed {@code [B]}
   * @param position {@code [B]}
   * @return ids, {@code [B]}
   */
  static Operand<TInt32> choose(
      Ops tf,
      Operand<TFloat32> logits,
      Operand<TFloat32> temperature,
      Operand<TInt32> topK,
      Operand<TInt64> seed,
      Operand<TInt64> position) {
    int v = (int) logits.shape().get(1);
    Operand<TInt32> row = tf.constant(1);
    Operand<TBool> warm = tf.math.greaterEqual(temperature, tf.constant(SymbolDraw.COLD));
    Operand<TInt32> limited =
        tf.select(
            tf.math.less(topK, tf.constant(1)),
            tf.constant(v),
            tf.math.minimum(topK, tf.constant(v)));
    Operand<TInt32> kept = tf.expandDims(tf.select(warm, limited, tf.constant(1)), row); // [B, 1]
    Operand<TFloat64> degrees =
        tf.expandDims(
            tf.dtypes.cast(tf.select(warm, temperature, tf.constant(1f)), TFloat64.class), row);

    TopK<TFloat32, TInt32> sorted =
        tf.nn.topK(logits, tf.constant(v), TInt32.class); // equal ones by their ids
    Operand<TFloat64> scores = tf.dtypes.cast(sorted.values(), TFloat64.class);
    Operand<TFloat64> largest =
        tf.slice(scores, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, 1}));
    Operand<TFloat64> weights = tf.math.exp(tf.math.div(tf.math.sub(scores, largest), degrees));
    Operand<TInt32> places = tf.range(tf.constant(0), tf.constant(v), tf.constant(1));
    Operand<TFloat64> sums =
        tf.math.cumsum(tf.select(tf.math.less(places, kept), weights, tf.constant(0.0)), row);
    Operand<TFloat64> total =
        tf.slice(sums, tf.constant(new int[] {0, v - 1}), tf.constant(new int[] {-1, 1}));
    Operand<TFloat64> drawn =
        tf.math.mul(tf.expandDims(uniform(tf, seed, position), row), total); // [B, 1]
    Operand<TInt32> at =
        tf.reduceSum(
            tf.dtypes.cast(tf.math.lessEqual(sums, drawn), TInt32.class),
            row,
            ReduceSum.keepDims(true));
    Operand<TInt32> place = tf.math.minimum(at, tf.math.sub(kept, tf.constant(1)));
    return tf.squeeze(
        tf.gather(sorted.indices(), place, row, Gather.batchDims(1L)), Squeeze.axis(List.of(1L)));
  }

  /** {@link KeyedRandom#uniform}. */
  static Operand<TFloat64> uniform(Ops tf, Operand<TInt64> seed, Operand<TInt64> position) {
    return KeyedRandom.uniform(tf, seed, position);
  }

  /**
   * Standard normal numbers of a step of training.
   *
   * @param like of the shape that is wanted, {@code [rows, columns]}
   * @param name keeps these draws apart from others of the run
   */
  static Operand<TFloat32> normal(
      Ops tf, Operand<TFloat32> like, TrainingStep training, String name) {
    return KeyedRandom.normal(
        tf, tf.shape(like, TInt64.class), training.seed(), name, training.step());
  }
}
