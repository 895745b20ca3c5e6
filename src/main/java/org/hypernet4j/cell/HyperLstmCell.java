package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The HyperLSTM of the paper (A.2.2, equations 10 to 13): an LSTM whose weight matrices a smaller
 * recurrent cell rescales, row by row and gate by gate, at every step.
 *
 * <pre>
 * hhat      = small cell on [x; h]
 * d_h, d_x, beta = scalings and dynamic bias from hhat, each gate with its own embeddings
 * (i, g, f, o)   = LN( d_x (x W_x) + d_h (h W_h) + beta + b )      LN of the sum, once a gate
 * c' = sigmoid(f + forgetBias) c + sigmoid(i) dropout(tanh(g))
 * h' = sigmoid(o) tanh(LN(c'))
 * </pre>
 *
 * <p>The small cell's output of step t is used at step t, as the paper's text and all public codes
 * have it (equations 6 and 11 print t - 1).
 *
 * <p>Parameters: {@code W_x [inputSize, 4 units]}, {@code W_h [units, 4 units]}, {@code b [4
 * units]}; {@code embedding/...} see {@code HyperEmbeddings}; {@code hyper/...} those of the small
 * cell, whose input is x first, then h; with layer normalisation {@code ln/...} and {@code
 * ln_c/...}. Columns are blocks i, g, f, o. State: {@code main/c}, {@code main/h}, {@code
 * hyper/...}.
 *
 * @param <H> the small cell's state
 */
public final class HyperLstmCell<H> implements RnnCell<HyperLstmState<H>> {
  private static final List<String> GATES = List.of("i", "g", "f", "o");

  private final Settings settings;
  private final String where;
  private final HyperInput<H> hyper;
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final Parameter bias;
  private final HyperEmbeddings embeddings;
  private final @Nullable LayerNorm gateNorm;
  private final @Nullable LayerNorm memoryNorm;

  /**
   * What the main cell is made of; the small cell has settings of its own.
   *
   * @param inputSize N_x
   * @param units N_h
   * @param embeddingSize N_z, the size of each of the twelve embeddings
   * @param forgetBias of the main cell
   * @param layerNormEpsilon of the main cell, 0 for no layer normalisation
   * @param recurrentDropout whether {@link RnnCell#advance} takes a mask for the main tanh(g)
   * @param inputInitializer of W_x
   * @param recurrentInitializer of W_h
   */
  public record Settings(
      int inputSize,
      int units,
      int embeddingSize,
      float forgetBias,
      float layerNormEpsilon,
      boolean recurrentDropout,
      Initializer inputInitializer,
      Initializer recurrentInitializer) {
    /** Checks the sizes. */
    public Settings {
      if (inputSize < 1 || units < 1 || embeddingSize < 1 || !(layerNormEpsilon >= 0)) {
        throw UserError.in("HyperLSTM")
            .what("sizes must be positive and epsilon not negative")
            .received(
                "inputSize "
                    + inputSize
                    + ", units "
                    + units
                    + ", embeddingSize "
                    + embeddingSize
                    + ", epsilon "
                    + layerNormEpsilon)
            .build();
      }
    }

    /** The paper's cell: orthogonal by gate, layer normalisation as given, forget bias 1. */
    public static Settings paper(
        int inputSize, int units, int embeddingSize, float layerNormEpsilon) {
      return new Settings(
          inputSize,
          units,
          embeddingSize,
          1f,
          layerNormEpsilon,
          false,
          Initializers.orthogonalBlocks(4, 1f),
          Initializers.orthogonalBlocks(4, 1f));
    }

    /** Another forget bias. */
    public Settings withForgetBias(float value) {
      return new Settings(
          inputSize,
          units,
          embeddingSize,
          value,
          layerNormEpsilon,
          recurrentDropout,
          inputInitializer,
          recurrentInitializer);
    }

    /** With or without recurrent dropout in the main cell. */
    public Settings withRecurrentDropout(boolean value) {
      return new Settings(
          inputSize,
          units,
          embeddingSize,
          forgetBias,
          layerNormEpsilon,
          value,
          inputInitializer,
          recurrentInitializer);
    }
  }

  /**
   * A HyperLSTM with an LSTM as its small cell.
   *
   * @param scope where the parameters are made
   * @param hyper settings of the small cell; its input must be {@code inputSize + units}
   */
  public static HyperLstmCell<LstmState> withLstm(
      ParameterScope scope, Settings settings, LstmCell.Settings hyper) {
    return new HyperLstmCell<>(scope, settings, (inner, size) -> new LstmCell(inner, hyper));
  }

  /**
   * A HyperLSTM around any small cell.
   *
   * @param hyper makes the small cell in the scope {@code hyper}, given its input size
   */
  public HyperLstmCell(
      ParameterScope scope,
      Settings settings,
      BiFunction<ParameterScope, Integer, RnnCell<H>> hyper) {
    this.settings = settings;
    this.where = "HyperLSTM cell '" + scope.path() + "'";
    int n = settings.units();
    this.hyper = HyperInput.make(where, scope, settings.inputSize(), n, hyper);
    inputKernel =
        scope.regularisedParameter(
            "W_x",
            Shape.of(settings.inputSize(), 4L * n),
            settings.inputInitializer(),
            Role.KERNEL);
    recurrentKernel =
        scope.regularisedParameter(
            "W_h", Shape.of(n, 4L * n), settings.recurrentInitializer(), Role.KERNEL);
    bias = scope.parameter("b", Shape.of(4L * n), Initializers.zeros(), Role.BIAS);
    embeddings =
        new HyperEmbeddings(
            scope.child("embedding"),
            4,
            this.hyper.cell().outputSize(),
            settings.embeddingSize(),
            n);
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
  public StateLayout<HyperLstmState<H>> stateLayout() {
    return StateLayout.pair(
        LstmState.layout(settings.units()).below("main"),
        hyper.cell().stateLayout().below("hyper"),
        HyperLstmState::new,
        HyperLstmState::main,
        HyperLstmState::hyper);
  }

  @Override
  public List<StatePart> maskParts() {
    List<StatePart> parts = new ArrayList<>();
    if (settings.recurrentDropout()) {
      parts.add(new StatePart("main/tanh_g", settings.units()));
    }
    parts.addAll(hyper.maskParts());
    return parts;
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(List.of(inputKernel, recurrentKernel, bias));
    all.addAll(embeddings.parameters());
    if (gateNorm != null && memoryNorm != null) {
      all.addAll(gateNorm.parameters());
      all.addAll(memoryNorm.parameters());
    }
    all.addAll(hyper.cell().parameters());
    return all;
  }

  @Override
  public List<Weight> projectionWeights() {
    return hyper.projectionWeights(inputKernel);
  }

  @Override
  public List<Weight> weights() {
    List<Weight> all = new ArrayList<>(List.of(Weight.of(recurrentKernel), Weight.of(bias)));
    all.addAll(embeddings.weights());
    if (gateNorm != null && memoryNorm != null) {
      all.addAll(gateNorm.weights());
      all.addAll(memoryNorm.weights());
    }
    all.addAll(hyper.weights());
    return all;
  }

  @Override
  public List<StatePart> projectionParts() {
    return hyper.projectionParts(new StatePart("gates", 4 * settings.units()));
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, settings.inputSize());
    return hyper.project(tf, values, inputKernel, x);
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return hyper.projectOneHot(tf, values, inputKernel, ids);
  }

  @Override
  public CellStep<HyperLstmState<H>> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      HyperLstmState<H> state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(where, this, projected, stateLayout().tensors(state), masks);
    Operand<TFloat32> h = state.main().h();
    boolean ownMask = settings.recurrentDropout() && !masks.isEmpty();

    CellStep<H> small =
        hyper.advance(
            tf,
            values,
            projected.get(1),
            h,
            state.hyper(),
            masks.subList(ownMask ? 1 : 0, masks.size()));

    HyperEmbeddings.Scaling scaling = embeddings.apply(tf, values, small.output());
    Operand<TFloat32> hMain = values.product(tf, h, Weight.of(recurrentKernel));
    Operand<TFloat32> gates =
        tf.math.addN(
            List.of(
                tf.math.mul(scaling.x(), projected.get(0)),
                tf.math.mul(scaling.h(), hMain),
                values.build(tf, new Affine(scaling.bias(), null, values.of(Weight.of(bias))))));
    if (gateNorm != null) {
      gates = gateNorm.apply(tf, values, gates);
    }
    LstmState main =
        LstmUpdate.apply(
            tf,
            values,
            gates,
            state.main().c(),
            settings.forgetBias(),
            ownMask ? masks.get(0) : null,
            memoryNorm);
    return new CellStep<>(main.h(), new HyperLstmState<>(main, small.state()));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, HyperLstmState<H> state) {
    CellStep<H> small =
        hyper.advance(tf, values, projected.get(1), state.main().h(), state.hyper(), List.of());
    return embeddings
        .apply(tf, values, small.output())
        .weights(GATES, values.of(Weight.of(recurrentKernel)), values.of(Weight.of(inputKernel)));
  }

  /**
   * The scalings at a step, for tests: {@code d_h}, {@code d_x} and the dynamic bias, {@code
   * [batch, 4 units]} each.
   *
   * @param hhat output of the small cell, {@code [batch, M]}
   */
  List<Operand<TFloat32>> scalings(Ops tf, CellValues values, Operand<TFloat32> hhat) {
    HyperEmbeddings.Scaling scaling = embeddings.apply(tf, values, hhat);
    return List.of(scaling.h(), scaling.x(), scaling.bias());
  }
}
