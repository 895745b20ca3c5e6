// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A GRU whose weight matrices a smaller recurrent cell rescales, row by row and gate by gate, at
 * every step: the counterpart of the HyperLSTM (A.2.2). The paper describes no HyperGRU.
 *
 * <pre>
 * hhat = small cell on [x; h]
 * d_h, d_x, beta = scalings and dynamic bias from hhat, each gate with its own embeddings
 * u = d_x (x W_x) + beta + b
 * (z, r) = sigmoid(LN( u + d_h (h W_h) + b_h ))         LN once for each gate
 * g  = tanh(LN( u + r (d_h (h W_h) + b_h) ))            reset after the product
 * g  = tanh(LN( u + d_h ((r h) W_h) ))                  reset before it; there is no b_h
 * h' = z h + (1 - z) dropout(g)
 * </pre>
 *
 * <p>Parameters: those of {@link GruCell}; {@code embedding/...} as in {@code HyperEmbeddings};
 * {@code hyper/...} those of the small cell, whose input is x first, then h. Initial values are
 * those of the HyperLSTM (A.2.3). Columns are blocks z, r, g. State: {@code h}, {@code hyper/...}.
 *
 * @param <H> the small cell's state
 */
public final class HyperGruCell<H> extends AbstractHyperRnnCell<H> {
  private final Settings settings;
  private final Parameter inputKernel;
  private final Parameter bias;
  private final GruUpdate update;
  private final HyperEmbeddings embeddings;

  /** Settings of the main cell; the small cell has settings of its own. */
  public static final class Settings extends GruSettings<Settings> {
    private final int embeddingSize;

    private Settings(int inputSize, int units, int embeddingSize) {
      super("HyperGRU", inputSize, units);
      this.embeddingSize = embeddingSize;
      require(embeddingSize >= 1, "embeddingSize " + embeddingSize);
    }

    /** Orthogonal by gate, reset after the product; nine embeddings of size N_z. */
    public static Settings of(int inputSize, int units, int embeddingSize) {
      return new Settings(inputSize, units, embeddingSize).with(checked -> {});
    }
  }

  /** A HyperGRU with a GRU as its small cell, whose input must be {@code inputSize + units}. */
  public static HyperGruCell<RnnState> withGru(
      ParameterScope scope, Settings settings, GruCell.Settings hyper) {
    return new HyperGruCell<>(scope, settings, (inner, size) -> new GruCell(inner, hyper));
  }

  /** A HyperGRU around any small cell, which is made in the scope {@code hyper}. */
  public HyperGruCell(ParameterScope scope, Settings settings, SmallCell<H> hyper) {
    super("HyperGRU", scope, settings.inputSize(), settings.units(), hyper);
    this.settings = settings;
    inputKernel = settings.inputKernel(scope);
    bias = settings.bias(scope, "b");
    update = new GruUpdate(scope, settings, true);
    embeddings =
        new HyperEmbeddings(
            scope.child("embedding"), 3, this.hyper.outputSize(), settings.embeddingSize, units);
  }

  @Override
  Parameter inputMatrix() {
    return inputKernel;
  }

  @Override
  public List<StatePart> maskParts() {
    List<StatePart> parts = new ArrayList<>(hyper.maskParts());
    if (settings.recurrentDropout()) {
      parts.add(0, new StatePart("tanh_g", units));
    }
    return parts;
  }

  @Override
  public CellStep<HyperRnnState<H>> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      HyperRnnState<H> state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    int own = settings.recurrentDropout() && !masks.isEmpty() ? 1 : 0;
    CellStep<H> small = small(tf, values, projected, state, masks.subList(own, masks.size()));
    HyperEmbeddings.Scaling d = embeddings.apply(tf, values, small.output());
    Operand<TFloat32> u =
        tf.math.add(tf.math.mul(d.x(), projected.get(0)), values.shifted(tf, d.bias(), bias));
    Operand<TFloat32> next =
        update.next(tf, values, u, d.h(), state.h(), own == 0 ? null : masks.get(0));
    return new CellStep<>(next, new HyperRnnState<>(next, small.state()));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, HyperRnnState<H> state) {
    CellStep<H> small = small(tf, values, projected, state, List.of());
    return embeddings
        .apply(tf, values, small.output())
        .weights(List.of("z", "r", "g"), values.of(update.kernel()), values.of(inputKernel));
  }
}
