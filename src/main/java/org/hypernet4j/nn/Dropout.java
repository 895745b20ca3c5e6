// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Seeds;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Inverted dropout whose mask is a function of (seed, name, step): a resumed run drops the entries
 * that the uninterrupted run would have dropped, on any device. The numbers are Philox's of 4 x 32
 * bits and 10 rounds (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011), with the
 * seed of (seed, name) for its key and the step for the upper half of its counter.
 *
 * @param keep the share of entries that are kept, in (0, 1]; not the share that is dropped
 * @param seed the run's seed
 * @param name distinguishes this dropout from others of the run
 */
public record Dropout(float keep, long seed, String name) {
  /** TensorFlow's number of the Philox generator. */
  private static final int PHILOX = 1;

  /** Number of float32 values in [1, 2). */
  private static final int MANTISSA = 1 << 23;

  /** Checks the share. */
  public Dropout {
    if (!(keep > 0f && keep <= 1f)) {
      throw UserError.in("dropout '" + name + "'")
          .what("the share of entries to keep is out of range")
          .expected("more than 0, at most 1")
          .received(keep)
          .next("note that this is the share that stays, not the share that is dropped")
          .build();
    }
  }

  /**
   * Sets entries to zero and divides the others by {@code keep}.
   *
   * @param x any shape
   * @param step the training step, a scalar
   * @return of the same shape
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TInt64> step) {
    Shapes.require("dropout '" + name + "'", "step", step);
    return keep == 1f ? x : tf.math.mul(x, mask(tf, tf.shape(x, TInt64.class), step));
  }

  /**
   * The mask itself, for one mask that serves several tensors.
   *
   * @param shape the sizes of the mask, an int64 vector
   * @return zeros, and {@code 1 / keep} where an entry is kept
   */
  public Operand<TFloat32> mask(Ops tf, Operand<TInt64> shape, Operand<TInt64> step) {
    String where = "dropout '" + name + "'";
    Shapes.require(where, "step", step);
    Shapes.require(where, "the tensor of sizes", shape, -1);
    // Key and counter are given as integers: XLA and TensorFlow derive different keys from a seed,
    // and different floats from random bits.
    Operand<TType> key = unsigned(tf, tf.constant(new long[] {Seeds.of(seed, name)}));
    Operand<TType> counter = unsigned(tf, tf.stack(List.of(tf.constant(0L), step)));
    Operand<TInt32> bits =
        tf.random.statelessRandomUniformFullIntV2(
            shape, key, counter, tf.constant(PHILOX), TInt32.class);
    Operand<TInt32> drawn = tf.bitwise.bitwiseAnd(bits, tf.constant(MANTISSA - 1));
    Operand<TInt32> limit = tf.constant((int) Math.ceil((double) keep * MANTISSA));
    return tf.math.div(
        tf.dtypes.cast(tf.math.less(drawn, limit), TFloat32.class), tf.constant(keep));
  }

  private static Operand<TType> unsigned(Ops tf, Operand<TInt64> bits) {
    return tf.scope()
        .opBuilder("Bitcast", "Unsigned")
        .addInput(bits.asOutput())
        .setAttr("type", DataType.DT_UINT64)
        .build()
        .output(0);
  }
}
