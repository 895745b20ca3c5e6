// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
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
 * <p>The small cell's output of step t is used at step t, as in the paper's text and all public
 * implementations (equations 6 and 11 print t - 1).
 *
 * <p>Parameters: {@code W_x [inputSize, 4 units]}, {@code W_h [units, 4 units]}, {@code b [4
 * units]}; {@code embedding/...} as in {@code HyperEmbeddings}; {@code hyper/...} those of the
 * small cell, whose input is x first, then h; with layer normalisation {@code ln/...} and {@code
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

  /** Settings of the main cell; the small cell has settings of its own. */
  public static final class Settings extends LstmSettings<Settings> {
    private final int embeddingSize;

    private Settings(int inputSize, int units, int embeddingSize) {
      super("HyperLSTM", inputSize, units);
      this.embeddingSize = embeddingSize;
      require(embeddingSize >= 1, "embeddingSize " + embeddingSize);
    }

    /**
     * Orthogonal by gate, forget bias 1, no layer normalisation.
     *
     * @param embeddingSize N_z, the size of each of the twelve embeddings
     */
    public static Settings of(int inputSize, int units, int embeddingSize) {
      return new Settings(inputSize, units, embeddingSize).with(checked -> {});
    }

    /** The paper's cell: orthogonal by gate, layer normalisation as given, forget bias 1. */
    public static Settings paper(
        int inputSize, int units, int embeddingSize, float layerNormEpsilon) {
      return of(inputSize, units, embeddingSize).withLayerNorm(layerNormEpsilon);
    }

    /** N_z. */
    public int embeddingSize() {
      return embeddingSize;
    }
  }

  /**
   * A HyperLSTM with an LSTM as its small cell.
   *
   * @param scope where the parameters are created
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
  public HyperLstmCell(ParameterScope scope, Settings settings, SmallCell<H> hyper) {
    this.settings = settings;
    this.where = "HyperLSTM cell '" + scope.path() + "'";
    int n = settings.units();
    this.hyper = HyperInput.make(where, scope, settings.inputSize(), n, hyper);
    inputKernel = settings.inputKernel(scope);
    recurrentKernel = settings.recurrentKernel(scope);
    bias = settings.bias(scope, "b");
    embeddings =
        new HyperEmbeddings(
            scope.child("embedding"), 4, this.hyper.outputSize(), settings.embeddingSize, n);
    gateNorm = settings.gateNorm(scope);
    memoryNorm = settings.memoryNorm(scope);
  }

  @Override
  public String where() {
    return where;
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
        hyper.stateLayout(),
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
  public List<StatePart> projectionParts() {
    return hyper.projectionParts(4 * settings.units());
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, settings.inputSize());
    return hyper.project(tf, values, inputKernel, x);
  }

  @Override
  public List<Parameter> inputMatrices() {
    return hyper.inputMatrices(inputKernel);
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
    CellShapes.require(this, projected, state, masks);
    Operand<TFloat32> h = state.main().h();
    int own = settings.recurrentDropout() && !masks.isEmpty() ? 1 : 0;
    Operand<TFloat32> mask = own == 0 ? null : masks.get(0);
    CellStep<H> small =
        hyper.advance(
            tf, values, projected.get(1), h, state.hyper(), masks.subList(own, masks.size()));

    HyperEmbeddings.Scaling d = embeddings.apply(tf, values, small.output());
    Operand<TFloat32> hMain = values.product(tf, h, recurrentKernel);
    Operand<TFloat32> gates =
        tf.math.addN(
            List.of(
                tf.math.mul(d.x(), projected.get(0)),
                tf.math.mul(d.h(), hMain),
                values.shifted(tf, d.bias(), bias)));
    if (gateNorm != null) {
      gates = gateNorm.apply(tf, values, gates);
    }
    LstmState main =
        LstmUpdate.apply(
            tf, values, gates, state.main().c(), settings.forgetBias(), mask, memoryNorm);
    return new CellStep<>(main.h(), new HyperLstmState<>(main, small.state()));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, HyperLstmState<H> state) {
    CellStep<H> small =
        hyper.advance(tf, values, projected.get(1), state.main().h(), state.hyper(), List.of());
    return embeddings
        .apply(tf, values, small.output())
        .weights(GATES, values.of(recurrentKernel), values.of(inputKernel));
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
