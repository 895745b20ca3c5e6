// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Cells on top of each other: the input of each is the output of the one below at the same step. In
 * the paper's stacks every layer is a whole HyperLSTM, with a small cell of its own.
 *
 * <p>With dropout between the layers, the output of each cell, including the top one, is multiplied
 * by a mask {@code layerK/output}. State parts are named {@code layerK/...}, K from 0 at the
 * bottom.
 *
 * <p>With skip connections (Graves, arXiv:1308.0850, figure 1) every layer above the bottom reads
 * {@code [x, h]}, the stack's input and the output below it, and the stack's output is that of all
 * layers side by side. A layer that reads its input through one matrix has its product with x
 * formed before the loop.
 *
 * <pre>{@code
 * RnnCell<StackedState> stack =
 *     new StackedCell(
 *         List.of(
 *             new LstmCell(scope.child("layer0"), LstmCell.Settings.of(50, 200)),
 *             new LstmCell(scope.child("layer1"), LstmCell.Settings.of(200, 100))),
 *         false);
 * }</pre>
 */
public final class StackedCell implements RnnCell<StackedState> {
  private final Layers layers;
  private final boolean skips;
  private final List<JoinedInput> inputs = new ArrayList<>();

  /**
   * Stacks cells.
   *
   * @param cells bottom first; the input size of each must be the output size of the one before
   * @param outputDropout whether {@link #advance} takes a mask for the output of each cell
   */
  public StackedCell(List<? extends RnnCell<?>> cells, boolean outputDropout) {
    this(cells, outputDropout, false);
  }

  private StackedCell(List<? extends RnnCell<?>> cells, boolean outputDropout, boolean skips) {
    if (cells.isEmpty()) {
      throw UserError.in("stacked cell").what("there are no cells to stack").build();
    }
    this.layers = new Layers(List.copyOf(cells), outputDropout);
    this.skips = skips;
    for (int i = 1; i < cells.size(); i++) {
      int below = cells.get(i - 1).outputSize();
      int expected = (skips ? inputSize() : 0) + below;
      if (cells.get(i).inputSize() != expected) {
        throw UserError.in("stacked cell, layer " + i)
            .what(
                skips
                    ? "the input size is not that of the stack's input and the layer below together"
                    : "the input size is not the output size of the layer below")
            .expected(skips ? inputSize() + " + " + below + " = " + expected : "" + expected)
            .received(cells.get(i).inputSize())
            .build();
      }
    }
    for (int i = 0; skips && i < cells.size(); i++) {
      inputs.add(
          i == 0
              ? new JoinedInput(cells.get(0), inputSize())
              : new JoinedInput(cells.get(i), inputSize(), cells.get(i - 1).outputSize()));
    }
  }

  /**
   * Stacks cells with Graves' skip connections: from the input to every layer, and from every layer
   * to the output.
   *
   * @param cells bottom first; the input size of each above the bottom must be that of the stack
   *     plus the output size of the one before. Rows of their input matrices: x, then h
   * @param outputDropout whether {@link #advance} takes a mask for the output of each cell, which
   *     applies on its way up and out
   */
  public static StackedCell withSkips(List<? extends RnnCell<?>> cells, boolean outputDropout) {
    return new StackedCell(cells, outputDropout, true);
  }

  @Override
  public String where() {
    return "stacked cell";
  }

  @Override
  public @Nullable LinearInput<?> linearInput() {
    return skips ? null : layers.get(0).linearInput();
  }

  @Override
  public List<Parameter> inputMatrices() {
    return skips ? List.of() : layers.get(0).inputMatrices();
  }

  @Override
  public int inputSize() {
    return layers.get(0).inputSize();
  }

  @Override
  public int outputSize() {
    return skips ? layers.outputs() : layers.top().outputSize();
  }

  @Override
  public StateLayout<StackedState> stateLayout() {
    return layers.stateLayout();
  }

  @Override
  public List<StatePart> maskParts() {
    return layers.maskParts();
  }

  @Override
  public List<StatePart> projectionParts() {
    if (!skips) {
      return layers.get(0).projectionParts();
    }
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      parts.addAll(inputs.get(i).projectionParts("layer" + i));
    }
    return parts;
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    if (!skips) {
      return layers.get(0).project(tf, layers.below(values, 0), x);
    }
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.addAll(inputs.get(i).project(tf, layers.below(values, i), x));
    }
    return all;
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    if (!skips) {
      return layers.get(0).projectOneHot(tf, layers.below(values, 0), ids);
    }
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.addAll(inputs.get(i).projectOneHot(tf, layers.below(values, i), ids));
    }
    return all;
  }

  @Override
  public CellStep<StackedState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      StackedState state,
      List<Operand<TFloat32>> masks) {
    if (!masks.isEmpty()) {
      CellShapes.require("stacked cell", "mask", maskParts(), masks, CellShapes.rows(projected));
    }
    Layers.Step step = step(tf, values, projected, state, masks, null);
    Operand<TFloat32> output =
        skips && layers.size() > 1
            ? tf.concat(step.outputs(), tf.constant(1))
            : step.outputs().get(layers.size() - 1);
    return new CellStep<>(output, step.state());
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, StackedState state) {
    List<DynamicWeight> all = new ArrayList<>();
    step(tf, values, projected, state, List.of(), all);
    return all;
  }

  private Layers.Step step(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      StackedState state,
      List<Operand<TFloat32>> masks,
      @Nullable List<DynamicWeight> weights) {
    if (state.layers().size() != layers.size()) {
      throw UserError.in("stacked cell")
          .what("the state is that of another stack")
          .expected(layers.size() + " layers")
          .received(state.layers().size())
          .build();
    }
    if (skips) {
      CellShapes.require("stacked cell", "projection", projectionParts(), projected, -1);
    }
    return layers.step(
        tf,
        values,
        state,
        masks,
        (layer, output) -> input(tf, values, projected, layer, output),
        weights);
  }

  /** The projections of a layer, from those of the stack's input and from the output below. */
  private List<Operand<TFloat32>> input(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      int layer,
      @Nullable Operand<TFloat32> output) {
    if (!skips) {
      return output == null
          ? projected
          : layers.get(layer).project(tf, layers.below(values, layer), output);
    }
    int from = 0;
    for (int i = 0; i < layer; i++) {
      from += inputs.get(i).projectionParts("").size();
    }
    List<Operand<TFloat32>> own =
        projected.subList(from, from + inputs.get(layer).projectionParts("").size());
    return inputs
        .get(layer)
        .join(
            tf,
            layers.below(values, layer),
            own,
            layer == 0 ? List.of() : List.of(Objects.requireNonNull(output)));
  }
}
