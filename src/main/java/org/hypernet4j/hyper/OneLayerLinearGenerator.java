// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One linear map from the embedding to the whole kernel: the alternative to the two layers of the
 * paper (section 3.1).
 *
 * <pre>
 * K = W z + b          W [N_z, height width in out], b [height width in out]
 * </pre>
 *
 * <p>Entries of W and b are in the kernel's own row-major order. Without b the rows of W are
 * templates and z mixes them, see {@link TemplatedKernels}.
 *
 * <p>Parameters: {@code W}, {@code b}; {@code (N_z + 1) height width in out} numbers, {@code N_z
 * height width in out} without b.
 */
public final class OneLayerLinearGenerator extends AbstractWeightGenerator {
  private final Parameter w;
  private final @Nullable Parameter b;

  /**
   * Settings of a one-layer linear generator.
   *
   * @param kernel the shape of the basic kernel
   * @param embeddingSize N_z
   * @param bias whether there is a b; it begins at zero
   * @param variance of a generated weight at the start, for z with the second moment 1
   */
  public record Settings(KernelShape kernel, int embeddingSize, boolean bias, double variance)
      implements GeneratorSettings {
    /** Checks the sizes. */
    public Settings {
      if (embeddingSize < 1 || !(variance > 0)) {
        throw UserError.in("one-layer linear generator")
            .what("sizes must be positive")
            .received("embeddingSize " + embeddingSize + ", variance " + variance)
            .build();
      }
    }

    @Override
    public long parameterCount() {
      return (embeddingSize + (bias ? 1L : 0L)) * kernel.size();
    }

    @Override
    public WeightGenerator create(ParameterScope scope) {
      return new OneLayerLinearGenerator(scope, this);
    }
  }

  /** Creates the generator's parameters in the given scope. */
  public OneLayerLinearGenerator(ParameterScope scope, Settings settings) {
    super("one-layer linear generator", settings);
    long weights = settings.kernel().size();
    int inputs = settings.embeddingSize();
    w =
        scope.parameter(
            "W",
            Shape.of(inputs, weights),
            TargetVariance.lastLayer(settings.variance(), inputs, 1),
            Role.GENERATOR);
    b =
        settings.bias()
            ? scope.parameter("b", Shape.of(weights), Initializers.zeros(), Role.GENERATOR)
            : null;
  }

  @Override
  long widest() {
    return 0;
  }

  @Override
  Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z) {
    Operand<TFloat32> product = tf.linalg.matMul(z, w.value());
    return b == null ? product : tf.math.add(product, b.value());
  }
}
