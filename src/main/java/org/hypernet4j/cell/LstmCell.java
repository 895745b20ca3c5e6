// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The LSTM of the paper's baselines (equation 9), with or without layer normalisation.
 *
 * <pre>
 * (i, g, f, o) = LN( x W_x + h W_h + b )       LN once for each gate
 * c' = sigmoid(f + forgetBias) c + sigmoid(i) dropout(tanh(g))
 * h' = sigmoid(o) tanh(LN(c'))
 * </pre>
 *
 * <p>Parameters: {@code W_x [inputSize, 4 units]}, {@code W_h [units, 4 units]}, {@code b [4
 * units]} if the settings ask for it; with layer normalisation {@code ln/gain, ln/shift [4 units]}
 * and {@code ln_c/gain, ln_c/shift [units]}. Columns are blocks i, g, f, o. State: {@code c},
 * {@code h}.
 */
public final class LstmCell implements LinearInput<LstmState> {
  private final Settings settings;
  private final String where;
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final @Nullable Parameter bias;
  private final @Nullable LayerNorm gateNorm;
  private final @Nullable LayerNorm memoryNorm;

  /** Settings of an LSTM; by default the paper's: forget bias 1, no layer normalisation. */
  public static final class Settings extends LstmSettings<Settings> {
    private boolean bias = true;

    private Settings(int inputSize, int units) {
      super("LSTM", inputSize, units);
    }

    /** The paper's LSTM: everything orthogonal, each gate by itself; forget bias 1. */
    public static Settings of(int inputSize, int units) {
      return new Settings(inputSize, units).with(checked -> {});
    }

    /** As {@link #of}, with layer normalisation, epsilon 1e-3, and without a bias. */
    public static Settings layerNorm(int inputSize, int units) {
      return of(inputSize, units).withBias(false).withLayerNorm(true);
    }

    /** With or without a bias; the paper's LN-LSTM has none, by its parameter counts. */
    public Settings withBias(boolean value) {
      return with(copy -> copy.bias = value);
    }

    /** Number of parameters: {@code 4N(I+N)}, a bias of 4N, layer normalisation of 10N. */
    public long parameterCount() {
      long n = units();
      return 4 * n * (inputSize() + n) + (bias ? 4 * n : 0) + normParameters();
    }
  }

  /** Creates the parameters in the given scope. */
  public LstmCell(ParameterScope scope, Settings settings) {
    this.settings = settings;
    this.where = "LSTM cell '" + scope.path() + "'";
    inputKernel = settings.inputKernel(scope);
    recurrentKernel = settings.recurrentKernel(scope);
    bias = settings.bias ? settings.bias(scope, "b") : null;
    gateNorm = settings.gateNorm(scope);
    memoryNorm = settings.memoryNorm(scope);
  }

  /**
   * The layer-normalised LSTM of the paper's baselines.
   *
   * @throws UserError if the settings ask for no layer normalisation
   */
  public static LstmCell layerNorm(ParameterScope scope, Settings settings) {
    if (settings.gateEpsilon() == 0) {
      throw UserError.in("layer-normalised LSTM")
          .what("the epsilon of layer normalisation must be positive")
          .received(settings.gateEpsilon())
          .next("use LstmCell for a cell without it")
          .build();
    }
    return new LstmCell(scope, settings);
  }

  @Override
  public String where() {
    return where;
  }

  @Override
  public int outputSize() {
    return settings.units();
  }

  @Override
  public StateLayout<LstmState> stateLayout() {
    return LstmState.layout(settings.units());
  }

  @Override
  public List<StatePart> maskParts() {
    return settings.recurrentDropout()
        ? List.of(new StatePart("tanh_g", settings.units()))
        : List.of();
  }

  @Override
  public Parameter inputMatrix() {
    return inputKernel;
  }

  @Override
  public CellStep<LstmState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      LstmState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    Operand<TFloat32> gates =
        tf.math.add(projected.get(0), values.product(tf, state.h(), recurrentKernel));
    if (bias != null) {
      gates = values.shifted(tf, gates, bias);
    }
    if (gateNorm != null) {
      gates = gateNorm.apply(tf, values, gates);
    }
    Operand<TFloat32> mask = masks.isEmpty() ? null : masks.get(0);
    LstmState next =
        LstmUpdate.apply(tf, values, gates, state.c(), settings.forgetBias(), mask, memoryNorm);
    return new CellStep<>(next.h(), next);
  }
}
