package org.hypernet4j.cell;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;

/**
 * The layer-normalised LSTM of the paper's baselines: an {@link LstmCell} whose settings ask for
 * layer normalisation of the gates and of the memory on its way to the output.
 */
public final class LayerNormLstmCell extends LstmCell {
  /** As the paper counts it: no bias, epsilon 1e-3, forget bias 1. */
  public LayerNormLstmCell(ParameterScope scope, int inputSize, int units) {
    this(scope, Settings.layerNorm(inputSize, units));
  }

  /**
   * With settings of one's own.
   *
   * @throws UserError if they ask for no layer normalisation
   */
  public LayerNormLstmCell(ParameterScope scope, Settings settings) {
    super(scope, requireNorm(settings));
  }

  private static Settings requireNorm(Settings settings) {
    if (settings.layerNormEpsilon() == 0) {
      throw UserError.in("layer-normalised LSTM")
          .what("the epsilon of layer normalisation must be positive")
          .received(settings.layerNormEpsilon())
          .next("use LstmCell for a cell without it")
          .build();
    }
    return settings;
  }
}
