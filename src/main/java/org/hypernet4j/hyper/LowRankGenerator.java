// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Generates two thin factors of the kernel instead of the kernel. Seen as the matrix of m = height
 * width in rows (in TensorFlow's order) and n = out columns, it has rank r at most:
 *
 * <pre>
 * U = W_U z + b_U      [m, r]
 * V = W_V z + b_V      [r, n]
 * K = U V              [m, n]
 * </pre>
 *
 * <p>Weights as products of a small number of factors: Denil et al., "Predicting parameters in deep
 * learning" (2013). Parameters: {@code left/W [N_z, m r]}, {@code left/b [m r]}, {@code right/W
 * [N_z, r n]}, {@code right/b [r n]}; {@code (N_z + 1) r (m + n)} numbers. K grows with the square
 * of z at the start.
 */
public final class LowRankGenerator extends AbstractWeightGenerator {
  private final OneLayerLinearGenerator left;
  private final OneLayerLinearGenerator right;

  /**
   * Settings of a low-rank generator.
   *
   * @param kernel the shape of the basic kernel
   * @param embeddingSize N_z
   * @param rank r, at most the smaller of m and n
   * @param variance of a generated weight at the start, for z with the second moment 1
   */
  public record Settings(KernelShape kernel, int embeddingSize, int rank, double variance)
      implements GeneratorSettings {
    /** Checks the sizes. */
    public Settings {
      if (embeddingSize < 1 || !(variance > 0)) {
        throw UserError.in("low-rank generator")
            .what("sizes must be positive")
            .received("embeddingSize " + embeddingSize + ", variance " + variance)
            .build();
      }
      long most = Math.min(rows(kernel), kernel.out());
      if (rank < 1 || rank > most) {
        throw UserError.in("low-rank generator")
            .what("the rank does not fit the kernel")
            .expected("1 to " + most + " for " + kernel)
            .received(rank)
            .next("choose a smaller rank or a larger basic kernel")
            .build();
      }
    }

    @Override
    public long parameterCount() {
      return left().parameterCount() + right().parameterCount();
    }

    @Override
    public int degree() {
      return 2;
    }

    @Override
    public WeightGenerator create(ParameterScope scope) {
      return new LowRankGenerator(scope, this);
    }

    // an entry of K is a sum of r products: Var K = r Var U Var V
    private OneLayerLinearGenerator.Settings left() {
      return factor(KernelShape.dense(Math.toIntExact(rows(kernel)), rank));
    }

    private OneLayerLinearGenerator.Settings right() {
      return factor(KernelShape.dense(rank, kernel.out()));
    }

    private OneLayerLinearGenerator.Settings factor(KernelShape shape) {
      return new OneLayerLinearGenerator.Settings(
          shape, embeddingSize, true, Math.sqrt(variance / rank));
    }

    private static long rows(KernelShape kernel) {
      return (long) kernel.height() * kernel.width() * kernel.in();
    }
  }

  /** Creates the generator's parameters in the given scope. */
  public LowRankGenerator(ParameterScope scope, Settings settings) {
    super("low-rank generator", settings);
    left = new OneLayerLinearGenerator(scope.child("left"), settings.left());
    right = new OneLayerLinearGenerator(scope.child("right"), settings.right());
  }

  @Override
  long widest() {
    return Math.max(left.kernelShape().size(), right.kernelShape().size());
  }

  @Override
  Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z) {
    return tf.train.batchMatMul(factor(tf, left, z), factor(tf, right, z), TFloat32.class);
  }

  private static Operand<TFloat32> factor(
      Ops tf, OneLayerLinearGenerator generator, Operand<TFloat32> z) {
    KernelShape shape = generator.kernelShape();
    return tf.reshape(
        generator.weights(tf, z), tf.constant(new long[] {-1, shape.in(), shape.out()}));
  }
}
