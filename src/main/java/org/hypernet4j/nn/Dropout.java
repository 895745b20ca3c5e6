package org.hypernet4j.nn;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Seeds;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Inverted dropout whose mask is a function of (seed, name, step): a resumed run drops what the
 * uninterrupted run would have dropped.
 *
 * @param keep the share of entries that stay, in (0, 1]; not the share that goes
 * @param seed the run's seed
 * @param name tells this dropout from others of the run
 */
public record Dropout(float keep, long seed, String name) {
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
   */
  public Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x, Operand<TInt64> step) {
    return keep == 1f ? x : tf.math.mul(x, mask(tf, tf.shape(x, TInt64.class), step));
  }

  /**
   * The mask itself, for uses where one mask serves many tensors.
   *
   * @param shape what to fill, int64
   * @return zeros, and {@code 1 / keep} where an entry stays
   */
  public Operand<TFloat32> mask(Ops tf, Operand<TInt64> shape, Operand<TInt64> step) {
    Operand<TInt64> key = tf.stack(java.util.List.of(tf.constant(Seeds.of(seed, name)), step));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, key, TFloat32.class);
    return tf.math.div(
        tf.dtypes.cast(tf.math.less(uniform, tf.constant(keep)), TFloat32.class),
        tf.constant(keep));
  }
}
