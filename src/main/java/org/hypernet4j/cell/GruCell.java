// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The gated recurrent unit, in the form of Keras' default, PyTorch and cuDNN ({@code resetAfter})
 * or in that of Cho and others (2014), with or without layer normalisation.
 *
 * <pre>
 * (z, r) = sigmoid(LN( x W_x + b + h W_h + b_h ))       LN once for each gate
 * g  = tanh(LN( x W_x + b + r (h W_h + b_h) ))          reset after the product
 * g  = tanh(LN( x W_x + b + (r h) W_h ))                reset before it; there is no b_h
 * h' = z h + (1 - z) dropout(g)
 * </pre>
 *
 * <p>Parameters: {@code W_x [inputSize, 3 units]}, {@code b [3 units]}, {@code W_h [units, 3
 * units]}, {@code b_h [3 units]}; with layer normalisation {@code ln/gain, ln/shift [2 units]} for
 * z and r, {@code ln_g/gain, ln_g/shift [units]} for g. Columns are blocks z, r, g, Keras' order; b
 * and b_h are the rows of Keras' bias. State: {@code h}.
 */
public final class GruCell implements LinearInput<RnnState> {
  private final Settings settings;
  private final String where;
  private final Parameter inputKernel;
  private final @Nullable Parameter bias;
  private final GruUpdate update;

  /** Settings of a GRU; by default orthogonal by gate, with biases, reset after the product. */
  public static final class Settings extends GruSettings<Settings> {
    private boolean bias = true;

    private Settings(int inputSize, int units) {
      super("GRU", inputSize, units);
    }

    /** Orthogonal by gate, with biases, reset after the product, no layer normalisation. */
    public static Settings of(int inputSize, int units) {
      return new Settings(inputSize, units).with(checked -> {});
    }

    /** With or without biases. */
    public Settings withBias(boolean value) {
      return with(copy -> copy.bias = value);
    }
  }

  /** Creates the parameters in the given scope. */
  public GruCell(ParameterScope scope, Settings settings) {
    this.settings = settings;
    this.where = "GRU cell '" + scope.path() + "'";
    inputKernel = settings.inputKernel(scope);
    bias = settings.bias ? settings.bias(scope, "b") : null;
    update = new GruUpdate(scope, settings, settings.bias);
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
  public StateLayout<RnnState> stateLayout() {
    return RnnState.layout(settings.units());
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
  public CellStep<RnnState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      RnnState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    Operand<TFloat32> x = projected.get(0);
    if (bias != null) {
      x = values.shifted(tf, x, bias);
    }
    Operand<TFloat32> mask = masks.isEmpty() ? null : masks.get(0);
    Operand<TFloat32> next = update.next(tf, values, x, null, state.h(), mask);
    return new CellStep<>(next, new RnnState(next));
  }
}
