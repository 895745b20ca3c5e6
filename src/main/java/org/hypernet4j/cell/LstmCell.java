package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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
public class LstmCell implements RnnCell<LstmState>, LinearInput {
  private final Settings settings;
  private final String where;
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final @Nullable Parameter bias;
  private final @Nullable LayerNorm gateNorm;
  private final @Nullable LayerNorm memoryNorm;

  /**
   * What an LSTM is made of.
   *
   * @param inputSize N_x
   * @param units N_h
   * @param bias whether gates have a bias; the paper's LN-LSTM has none, by its parameter counts
   * @param forgetBias added to the forget gate when it runs; the reference code has 1
   * @param layerNormEpsilon epsilon of layer normalisation, or 0 for none; the reference code has
   *     1e-3
   * @param recurrentDropout whether {@link RnnCell#advance} takes a mask for tanh(g)
   * @param inputInitializer of W_x
   * @param recurrentInitializer of W_h
   */
  public record Settings(
      int inputSize,
      int units,
      boolean bias,
      float forgetBias,
      float layerNormEpsilon,
      boolean recurrentDropout,
      Initializer inputInitializer,
      Initializer recurrentInitializer) {
    /** Checks the sizes. */
    public Settings {
      if (inputSize < 1 || units < 1 || !(layerNormEpsilon >= 0)) {
        throw UserError.in("LSTM")
            .what("sizes must be positive and epsilon not negative")
            .received(
                "inputSize " + inputSize + ", units " + units + ", epsilon " + layerNormEpsilon)
            .build();
      }
    }

    /** The paper's LSTM: everything orthogonal, each gate by itself; forget bias 1. */
    public static Settings of(int inputSize, int units) {
      return new Settings(
          inputSize,
          units,
          true,
          1f,
          0f,
          false,
          Initializers.orthogonalBlocks(4, 1f),
          Initializers.orthogonalBlocks(4, 1f));
    }

    /** The same with layer normalisation, epsilon 1e-3, and no bias. */
    public static Settings layerNorm(int inputSize, int units) {
      return of(inputSize, units).withBias(false).withLayerNorm(1e-3f);
    }

    /** With or without a bias. */
    public Settings withBias(boolean value) {
      return new Settings(
          inputSize,
          units,
          value,
          forgetBias,
          layerNormEpsilon,
          recurrentDropout,
          inputInitializer,
          recurrentInitializer);
    }

    /** Another epsilon; 0 turns layer normalisation off. */
    public Settings withLayerNorm(float epsilon) {
      return new Settings(
          inputSize,
          units,
          bias,
          forgetBias,
          epsilon,
          recurrentDropout,
          inputInitializer,
          recurrentInitializer);
    }

    /** Another forget bias. */
    public Settings withForgetBias(float value) {
      return new Settings(
          inputSize,
          units,
          bias,
          value,
          layerNormEpsilon,
          recurrentDropout,
          inputInitializer,
          recurrentInitializer);
    }

    /** With or without recurrent dropout. */
    public Settings withRecurrentDropout(boolean value) {
      return new Settings(
          inputSize,
          units,
          bias,
          forgetBias,
          layerNormEpsilon,
          value,
          inputInitializer,
          recurrentInitializer);
    }

    /** {@code 4N(I+N)}, a bias of 4N, layer normalisation of 10N. */
    public long parameterCount() {
      long n = units;
      return 4 * n * (inputSize + n) + (bias ? 4 * n : 0) + (layerNormEpsilon > 0 ? 10 * n : 0);
    }
  }

  /** Makes the parameters in the given scope. */
  public LstmCell(ParameterScope scope, Settings settings) {
    this.settings = settings;
    this.where = "LSTM cell '" + scope.path() + "'";
    int n = settings.units();
    inputKernel =
        scope.regularisedParameter(
            "W_x",
            Shape.of(settings.inputSize(), 4L * n),
            settings.inputInitializer(),
            Role.KERNEL);
    recurrentKernel =
        scope.regularisedParameter(
            "W_h", Shape.of(n, 4L * n), settings.recurrentInitializer(), Role.KERNEL);
    bias =
        settings.bias()
            ? scope.parameter("b", Shape.of(4L * n), Initializers.zeros(), Role.BIAS)
            : null;
    boolean norm = settings.layerNormEpsilon() > 0;
    gateNorm = norm ? new LayerNorm(scope.child("ln"), 4, n, settings.layerNormEpsilon()) : null;
    memoryNorm =
        norm ? new LayerNorm(scope.child("ln_c"), 1, n, settings.layerNormEpsilon()) : null;
  }

  @Override
  public int inputSize() {
    return settings.inputSize();
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
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(List.of(inputKernel, recurrentKernel));
    if (bias != null) {
      all.add(bias);
    }
    if (gateNorm != null && memoryNorm != null) {
      all.addAll(gateNorm.parameters());
      all.addAll(memoryNorm.parameters());
    }
    return all;
  }

  @Override
  public List<Weight> projectionWeights() {
    return List.of(Weight.of(inputKernel));
  }

  @Override
  public List<Weight> weights() {
    List<Weight> all = new ArrayList<>(List.of(Weight.of(recurrentKernel)));
    if (bias != null) {
      all.add(Weight.of(bias));
    }
    if (gateNorm != null && memoryNorm != null) {
      all.addAll(gateNorm.weights());
      all.addAll(memoryNorm.weights());
    }
    return all;
  }

  @Override
  public List<StatePart> projectionParts() {
    return List.of(new StatePart("gates", 4 * settings.units()));
  }

  @Override
  public Weight inputRows(int from, int to) {
    return MatrixRows.of(inputKernel, from, to);
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, settings.inputSize());
    return List.of(Precision.current().matMul(tf, x, values.of(Weight.of(inputKernel))));
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return List.of(tf.gather(values.of(Weight.of(inputKernel)), ids, tf.constant(0)));
  }

  @Override
  public CellStep<LstmState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      LstmState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(where, this, projected, stateLayout().tensors(state), masks);
    Operand<TFloat32> gates =
        tf.math.add(projected.get(0), values.product(tf, state.h(), Weight.of(recurrentKernel)));
    if (bias != null) {
      gates = values.build(tf, new Affine(gates, null, values.of(Weight.of(bias))));
    }
    if (gateNorm != null) {
      gates = gateNorm.apply(tf, values, gates);
    }
    LstmState next =
        LstmUpdate.apply(
            tf,
            values,
            gates,
            state.c(),
            settings.forgetBias(),
            masks.isEmpty() ? null : masks.get(0),
            memoryNorm);
    return new CellStep<>(next.h(), next);
  }
}
