// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The full generator: a network with ReLU layers whose linear output is all weights of a kernel at
 * once (von Oswald et al., "Continual learning with hypernetworks", ICLR 2020, before chunking).
 *
 * <pre>
 * h_0 = z,   h_l = ReLU(h_(l-1) W_l + b_l)       l = 1 .. L, n_l units
 * K   = h_L W + b                                W [n_L, height width in out]
 * </pre>
 *
 * <p>Parameters: {@code hidden<l>/W}, {@code hidden<l>/b} from l = 0 on, {@code output/W}, {@code
 * output/b}; {@code sum of (n_(l-1) + 1) n_l + (n_L + 1) height width in out} numbers. The last
 * term dominates: it is n_L + 1 times as large as the kernel.
 */
public final class MlpGenerator extends AbstractWeightGenerator {
  private final ReluLayers hidden;
  private final OneLayerLinearGenerator output;

  /**
   * Settings of a full generator.
   *
   * @param kernel the shape of the basic kernel
   * @param embeddingSize N_z
   * @param hiddenSizes n_1 .. n_L; if there are none, this is the one-layer linear generator
   * @param variance of a generated weight at the start, for z with the second moment 1
   */
  public record Settings(
      KernelShape kernel, int embeddingSize, List<Integer> hiddenSizes, double variance)
      implements GeneratorSettings {
    /** Checks the sizes. */
    public Settings {
      hiddenSizes = List.copyOf(hiddenSizes);
      ReluLayers.requirePositive("MLP generator", hiddenSizes);
      if (embeddingSize < 1 || !(variance > 0)) {
        throw UserError.in("MLP generator")
            .what("sizes must be positive")
            .received("embeddingSize " + embeddingSize + ", variance " + variance)
            .build();
      }
    }

    @Override
    public long parameterCount() {
      return ReluLayers.parameterCount(embeddingSize, hiddenSizes) + output().parameterCount();
    }

    @Override
    public WeightGenerator create(ParameterScope scope) {
      return new MlpGenerator(scope, this);
    }

    private OneLayerLinearGenerator.Settings output() {
      return new OneLayerLinearGenerator.Settings(
          kernel, ReluLayers.outputs(embeddingSize, hiddenSizes), true, variance);
    }
  }

  /** Creates the generator's parameters in the given scope. */
  public MlpGenerator(ParameterScope scope, Settings settings) {
    super("MLP generator", settings);
    hidden = new ReluLayers(scope, settings.embeddingSize(), settings.hiddenSizes());
    output = new OneLayerLinearGenerator(scope.child("output"), settings.output());
  }

  @Override
  long widest() {
    return hidden.widest();
  }

  @Override
  Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z) {
    return output.weights(tf, hidden.apply(tf, z));
  }
}
