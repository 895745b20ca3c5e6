// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.random.StatelessRandom;
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
  private static final long FIRST_FACTOR = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_FACTOR = 0x94D049BB133111EBL;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

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

  /** {@link StatelessRandom#uniform} of seeds and positions whose shapes fit each other. */
  static Operand<TFloat64> uniform(Ops tf, Operand<TInt64> seed, Operand<TInt64> position) {
    Operand<TInt64> counter = tf.math.add(position, tf.constant(1L));
    Operand<TInt64> z = tf.math.add(seed, tf.math.mul(counter, tf.constant(GOLDEN_GAMMA)));
    z = tf.math.mul(mixed(tf, z, 30), tf.constant(FIRST_FACTOR));
    z = tf.math.mul(mixed(tf, z, 27), tf.constant(SECOND_FACTOR));
    Operand<TInt64> bits = shifted(tf, mixed(tf, z, 31), 11);
    return tf.math.mul(tf.dtypes.cast(bits, TFloat64.class), tf.constant(0x1p-53));
  }

  /**
   * Standard normal numbers of a step of training, by Box and Muller's formula.
   *
   * @param like of the shape that is wanted, {@code [rows, columns]}
   * @param name keeps these draws apart from others of the run
   */
  static Operand<TFloat32> normal(
      Ops tf, Operand<TFloat32> like, TrainingStep training, String name) {
    Operand<TInt64> shape = tf.shape(like, TInt64.class);
    Operand<TInt64> count = tf.reduceProd(shape, tf.constant(0));
    Operand<TInt64> places = tf.reshape(tf.range(tf.constant(0L), count, tf.constant(1L)), shape);
    Operand<TInt64> seed = tf.constant(StatelessRandom.of(training.seed()).fold(name).key());
    Operand<TInt64> key =
        tf.math.add(seed, tf.math.mul(training.step(), tf.constant(FIRST_FACTOR)));
    Operand<TInt64> twice = tf.math.mul(places, tf.constant(2L));
    return normal(
        tf, uniform(tf, key, twice), uniform(tf, key, tf.math.add(twice, tf.constant(1L))));
  }

  private static Operand<TFloat32> normal(
      Ops tf, Operand<TFloat64> radius, Operand<TFloat64> angle) {
    Operand<TFloat64> log = tf.math.log(tf.math.sub(tf.constant(1.0), radius));
    return tf.dtypes.cast(
        tf.math.mul(
            tf.math.sqrt(tf.math.mul(tf.constant(-2.0), log)),
            tf.math.cos(tf.math.mul(tf.constant(2 * Math.PI), angle))),
        TFloat32.class);
  }

  private static Operand<TInt64> mixed(Ops tf, Operand<TInt64> z, int bits) {
    return tf.bitwise.bitwiseXor(z, shifted(tf, z, bits));
  }

  /** Shifts to the right without the sign, which TensorFlow's shift would copy. */
  private static Operand<TInt64> shifted(Ops tf, Operand<TInt64> z, int bits) {
    return tf.bitwise.bitwiseAnd(
        tf.bitwise.rightShift(z, tf.constant((long) bits)), tf.constant(-1L >>> bits));
  }
}
