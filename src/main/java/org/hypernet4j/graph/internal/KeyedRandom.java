// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/**
 * {@link StatelessRandom} as ops: numbers that are a function of seed, name and step on any device.
 */
public final class KeyedRandom {
  private static final long FIRST_FACTOR = 0xBF58476D1CE4E5B9L;
  private static final long SECOND_FACTOR = 0x94D049BB133111EBL;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private KeyedRandom() {}

  /** {@link StatelessRandom#uniform} of seeds and positions whose shapes fit each other. */
  public static Operand<TFloat64> uniform(Ops tf, Operand<TInt64> seed, Operand<TInt64> position) {
    Operand<TInt64> counter = tf.math.add(position, tf.constant(1L));
    Operand<TInt64> z = tf.math.add(seed, tf.math.mul(counter, tf.constant(GOLDEN_GAMMA)));
    z = tf.math.mul(mixed(tf, z, 30), tf.constant(FIRST_FACTOR));
    z = tf.math.mul(mixed(tf, z, 27), tf.constant(SECOND_FACTOR));
    Operand<TInt64> bits = shifted(tf, mixed(tf, z, 31), 11);
    return tf.math.mul(tf.dtypes.cast(bits, TFloat64.class), tf.constant(0x1p-53));
  }

  /**
   * Standard normal numbers, by Box and Muller's formula.
   *
   * @param shape of the result, an int64 vector
   * @param seed the run's seed
   * @param name keeps these draws apart from others of the run
   * @param step the step of training, or the number of the draw; a scalar
   */
  public static Operand<TFloat32> normal(
      Ops tf, Operand<TInt64> shape, long seed, String name, Operand<TInt64> step) {
    Operand<TInt64> count = tf.reduceProd(shape, tf.constant(0));
    Operand<TInt64> places = tf.reshape(tf.range(tf.constant(0L), count, tf.constant(1L)), shape);
    Operand<TInt64> named = tf.constant(StatelessRandom.of(seed).fold(name).key());
    Operand<TInt64> key = tf.math.add(named, tf.math.mul(step, tf.constant(FIRST_FACTOR)));
    Operand<TInt64> twice = tf.math.mul(places, tf.constant(2L));
    return normal(
        tf, uniform(tf, key, twice), uniform(tf, key, tf.math.add(twice, tf.constant(1L))));
  }

  /**
   * Standard normal numbers for each of several seeds, the same whatever other seeds there are: the
   * number i of a row is made of the numbers 2 i and 2 i + 1 of {@link StatelessRandom#of} its
   * seed.
   *
   * @param seeds {@code [rows]}
   * @param sizes of a row's numbers
   * @return {@code [rows, sizes]}
   */
  public static Operand<TFloat32> normalRows(Ops tf, Operand<TInt64> seeds, long... sizes) {
    int count = Math.toIntExact(Shape.of(sizes).size());
    long[] even = new long[count];
    long[] odd = new long[count];
    for (int i = 0; i < count; i++) {
      even[i] = 2L * i;
      odd[i] = 2L * i + 1;
    }
    Operand<TInt64> keys = tf.reshape(seeds, tf.constant(new long[] {-1, 1}));
    Operand<TFloat32> rows =
        normal(
            tf,
            uniform(tf, keys, tf.constant(new long[][] {even})),
            uniform(tf, keys, tf.constant(new long[][] {odd})));
    return tf.reshape(rows, tf.constant(Shape.of(-1).append(Shape.of(sizes)).asArray()));
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
