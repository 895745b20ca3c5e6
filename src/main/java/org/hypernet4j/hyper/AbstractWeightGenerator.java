// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Base class of generators: checks the embeddings and reshapes generated weights to kernels. */
abstract class AbstractWeightGenerator implements WeightGenerator {
  private final String name;
  private final GeneratorSettings settings;

  /** The name appears in error messages. */
  AbstractWeightGenerator(String name, GeneratorSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  @Override
  public final int embeddingSize() {
    return settings.embeddingSize();
  }

  @Override
  public final KernelShape kernelShape() {
    return settings.kernel();
  }

  @Override
  public final Operand<TFloat32> generate(Ops tf, Operand<TFloat32> z) {
    Shapes.require(name, "z", z, -1, embeddingSize());
    KernelShape kernel = kernelShape();
    long count = z.shape().isUnknown() ? -1 : z.shape().get(0);
    String kernels = "the largest tensor between the embeddings and kernels of " + kernel;
    Shapes.requireBelowLimit(name, kernels, count, Math.max(kernel.size(), widest()));
    return tf.reshape(
        weights(tf, z),
        tf.constant(new long[] {-1, kernel.height(), kernel.width(), kernel.in(), kernel.out()}));
  }

  /** The most values computed at once for one kernel, those of the kernel not counted. */
  abstract long widest();

  /**
   * The weights of all kernels.
   *
   * @param z {@code [count, N_z]}
   * @return kernel after kernel, each in its row-major order; in any shape
   */
  abstract Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z);
}
