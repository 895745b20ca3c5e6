// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;

/**
 * Common settings of LSTM and HyperLSTM.
 *
 * @param <T> the settings of one of them
 */
public abstract sealed class LstmSettings<T extends LstmSettings<T>> extends CellSettings<T>
    permits LstmCell.Settings, HyperLstmCell.Settings {
  float forgetBias = 1f;
  float memoryEpsilon;

  LstmSettings(String what, int inputSize, int units) {
    super(what, 4, inputSize, units);
  }

  /** The constant that each step adds to the forget gate. */
  public final float forgetBias() {
    return forgetBias;
  }

  /** Epsilon of the layer normalisation of the memory on its way to the output; 0 for none. */
  public final float memoryEpsilon() {
    return memoryEpsilon;
  }

  /** With this forget bias; the reference code has 1. */
  public final T withForgetBias(float value) {
    return with(copy -> copy.forgetBias = value);
  }

  /** Layer normalisation of the gates and of the memory, both with this epsilon; 0 for none. */
  @Override
  public final T withLayerNorm(float epsilon) {
    return withLayerNorm(epsilon, epsilon);
  }

  /**
   * Layer normalisation of the gates and of the memory on its way to the output, each with an
   * epsilon of its own, 0 for none. Magenta's HyperLSTM without layer normalisation is {@code
   * withLayerNorm(0, 1e-3f)}.
   */
  public final T withLayerNorm(float ofGates, float ofMemory) {
    return with(
        copy -> {
          copy.gateEpsilon = ofGates;
          copy.memoryEpsilon = ofMemory;
        });
  }

  @Override
  void check() {
    super.check();
    require(memoryEpsilon >= 0, "epsilon of the memory " + memoryEpsilon);
  }

  /** Creates the layer normalisation of the gates, in the scope {@code ln}. */
  final @Nullable LayerNorm gateNorm(ParameterScope scope) {
    return norm(scope.child("ln"), 4, gateEpsilon());
  }

  /** Creates the layer normalisation of the memory, in the scope {@code ln_c}. */
  final @Nullable LayerNorm memoryNorm(ParameterScope scope) {
    return norm(scope.child("ln_c"), 1, memoryEpsilon);
  }

  /** The number of gains and shifts. */
  final long normParameters() {
    long each = layerNormBias() ? 2 : 1;
    return each * units() * ((gateEpsilon() > 0 ? 4 : 0) + (memoryEpsilon > 0 ? 1 : 0));
  }
}
