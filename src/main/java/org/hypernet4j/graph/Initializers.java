// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.Seeds;
import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.RandomNormal;
import org.tensorflow.framework.initializers.RandomUniform;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Qr;
import org.tensorflow.types.TFloat32;

/**
 * The initialisers of the paper and of the implementations that it is compared with.
 *
 * <p>Normal and uniform are those of the TensorFlow Framework. As of its release 1.1.0, its {@code
 * Glorot} and {@code He} are not used because they count the fans of a convolution wrongly (a [5,
 * 5, 8, 12] kernel gets a limit of 0.039, not 0.110), its {@code Orthogonal} because it throws a
 * NullPointerException for wide matrices and knows no gate blocks. Its {@code Constant} and {@code
 * TruncatedNormal} would do; ours are as short and keep the values that a seed promises independent
 * of the framework's releases.
 */
public final class Initializers {
  /** The standard deviation of a unit normal that is cut at two standard deviations. */
  private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

  private Initializers() {}

  private static void requireNormal(float mean, float stddev) {
    require(
        "normal",
        Float.isFinite(mean) && stddev >= 0 && Float.isFinite(stddev),
        "a finite mean and a standard deviation of 0 or more",
        mean + " and " + stddev);
  }

  private static void require(String kind, boolean fits, String expected, String received) {
    if (!fits) {
      throw UserError.in(kind + " initialiser")
          .what("a setting cannot be used")
          .expected(expected)
          .received(received)
          .build();
    }
  }

  /** A parameter's shape is checked already; initialisers may also be called directly. */
  private static Initializer checked(Initializer initializer) {
    return (tf, shape, seed) -> {
      if (Shapes.requireTensor("initialiser", "the tensor", shape) == 0) {
        throw UserError.in("initialiser")
            .what("there is nothing to fill")
            .expected("positive sizes")
            .received(Shapes.describe(shape.asArray()))
            .build();
      }
      return initializer.call(tf, shape, seed);
    };
  }

  /** All zeros. */
  public static Initializer zeros() {
    return constant(0f);
  }

  /** All ones. */
  public static Initializer ones() {
    return constant(1f);
  }

  /** Every entry equal to {@code value}; one small op, whatever the shape. */
  public static Initializer constant(float value) {
    return checked((tf, shape, seed) -> tf.fill(tf.constant(shape.asArray()), tf.constant(value)));
  }

  /**
   * Normal with the given mean and standard deviation.
   *
   * @throws UserError if the mean is not finite, or the deviation negative or not finite
   */
  public static Initializer normal(float mean, float stddev) {
    requireNormal(mean, stddev);
    return checked(
        (tf, shape, seed) -> framework(tf, shape, new RandomNormal<>(mean, stddev, seed)));
  }

  /**
   * Normal, with entries beyond two standard deviations redrawn.
   *
   * @param stddev the standard deviation before the cut (the cut one is 0.88 of it)
   * @throws UserError if the mean is not finite, or the deviation negative or not finite
   */
  public static Initializer truncatedNormal(float mean, float stddev) {
    requireNormal(mean, stddev);
    return checked(
        (tf, shape, seed) ->
            affine(
                tf,
                tf.random.statelessTruncatedNormal(
                    tf.constant(shape.asArray()), key(tf, seed), TFloat32.class),
                mean,
                stddev));
  }

  /** The variance of {@link #truncatedNormal} with that standard deviation before the cut. */
  public static double truncatedVariance(double stddev) {
    return TRUNCATED_DEVIATION * TRUNCATED_DEVIATION * stddev * stddev;
  }

  /**
   * Uniform in {@code [low, high)}.
   *
   * @throws UserError if a limit is not finite, or the lower one is above the upper one
   */
  public static Initializer uniform(float low, float high) {
    require(
        "uniform",
        Float.isFinite(low) && low <= high && Float.isFinite(high - low),
        "finite limits, the lower one first",
        low + " to " + high);
    return checked((tf, shape, seed) -> framework(tf, shape, new RandomUniform<>(low, high, seed)));
  }

  /** Glorot uniform, TensorFlow's own default: limit {@code sqrt(6 / (fanIn + fanOut))}. */
  public static Initializer glorotUniform() {
    return checked(
        (tf, shape, seed) -> {
          float limit = (float) Math.sqrt(6.0 / (fan(shape, 2) + fan(shape, 1)));
          return uniform(-limit, limit).call(tf, shape, seed);
        });
  }

  /** He normal: standard deviation {@code sqrt(2 / fanIn)} after the cut, truncated. */
  public static Initializer heNormal() {
    return checked(
        (tf, shape, seed) -> {
          double deviation = Math.sqrt(2.0 / fan(shape, 2));
          return truncatedNormal(0f, (float) (deviation / TRUNCATED_DEVIATION))
              .call(tf, shape, seed);
        });
  }

  /** The inputs (axis 2 from the end) or outputs (axis 1) of a unit, counted over the window. */
  private static double fan(Shape shape, int axisFromEnd) {
    int axes = shape.numDimensions();
    double fan = axes == 0 ? 1 : shape.get(Math.max(0, axes - axisFromEnd));
    for (int i = 0; i < axes - 2; i++) {
      fan *= shape.get(i);
    }
    return fan;
  }

  /**
   * Orthogonal, tall or wide: orthonormal columns where rows are at least as many as columns,
   * orthonormal rows otherwise. Leading axes are taken together as rows.
   */
  public static Initializer orthogonal(float gain) {
    return checked((tf, shape, seed) -> orthogonalMatrix(tf, shape, seed, gain));
  }

  /**
   * One orthogonal matrix for each of {@code blocks} equal column blocks (the gates of an LSTM),
   * not one for all blocks together.
   *
   * @param blocks number of blocks; must divide the number of columns
   */
  public static Initializer orthogonalBlocks(int blocks, float gain) {
    return checked(
        (tf, shape, seed) -> {
          if (shape.numDimensions() != 2 || blocks < 1 || shape.get(1) % blocks != 0) {
            throw UserError.in("orthogonal initialiser")
                .what("the columns cannot be cut into equal blocks")
                .expected("a matrix with a multiple of " + blocks + " columns")
                .received(Shapes.describe(shape))
                .build();
          }
          List<Operand<TFloat32>> parts = new ArrayList<>();
          for (int i = 0; i < blocks; i++) {
            Shape block = Shape.of(shape.get(0), shape.get(1) / blocks);
            parts.add(orthogonalMatrix(tf, block, Seeds.of(seed, "block" + i), gain));
          }
          return tf.concat(parts, tf.constant(1));
        });
  }

  private static Operand<TFloat32> orthogonalMatrix(Ops tf, Shape shape, long seed, float gain) {
    if (shape.numDimensions() < 2) {
      throw UserError.in("orthogonal initialiser")
          .what("needs at least two axes")
          .received(Shapes.describe(shape))
          .next("use a normal or constant initialiser for vectors")
          .build();
    }
    long columns = shape.get(shape.numDimensions() - 1);
    long rows = shape.size() / columns;
    long[] tall = {Math.max(rows, columns), Math.min(rows, columns)};
    Operand<TFloat32> gaussian =
        tf.random.statelessRandomNormal(tf.constant(tall), key(tf, seed), TFloat32.class);
    Qr<TFloat32> qr = tf.linalg.qr(gaussian, Qr.fullMatrices(false));
    // The sign of R's diagonal makes Q unique and so uniformly distributed over rotations.
    Operand<TFloat32> diagonal = tf.linalg.matrixDiagPart(qr.r(), tf.constant(0), tf.constant(0f));
    Operand<TFloat32> q = tf.math.mul(qr.q(), tf.math.sign(diagonal));
    if (rows < columns) {
      q = tf.linalg.transpose(q, tf.constant(new int[] {1, 0}));
    }
    Operand<TFloat32> scaled = gain == 1f ? q : tf.math.mul(q, tf.constant(gain));
    return tf.reshape(scaled, tf.constant(shape.asArray()));
  }

  /**
   * The framework's initialisers take their seed in the constructor: one instance for each
   * parameter.
   */
  private static Operand<TFloat32> framework(
      Ops tf,
      Shape shape,
      org.tensorflow.framework.initializers.Initializer<TFloat32> initializer) {
    return initializer.call(tf, tf.constant(shape.asArray()), TFloat32.class);
  }

  private static Operand<TFloat32> affine(Ops tf, Operand<TFloat32> x, float mean, float scale) {
    Operand<TFloat32> y = scale == 1f ? x : tf.math.mul(x, tf.constant(scale));
    return mean == 0f ? y : tf.math.add(y, tf.constant(mean));
  }

  private static Operand<org.tensorflow.types.TInt64> key(Ops tf, long seed) {
    return tf.constant(new long[] {seed, 0});
  }
}
