// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A generator with its settings: checks what goes in and gives what comes out a kernel's axes. */
abstract class AbstractWeightGenerator implements WeightGenerator {
  private final String name;
  private final GeneratorSettings settings;

  /** The name stands in errors. */
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

  /** Numbers that are computed for one kernel at once, the kernel's own apart. */
  abstract long widest();

  /**
   * The weights of all kernels.
   *
   * @param z {@code [count, N_z]}
   * @return kernel after kernel, each in its row-major order; axes are as it comes
   */
  abstract Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z);
}
