// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
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
  private final List<RnnCell<?>> cells;
  private final boolean outputDropout;

  /**
   * Stacks cells.
   *
   * @param cells bottom first; the input size of each must be the output size of the one before
   * @param outputDropout whether {@link #advance} takes a mask for the output of each cell
   */
  public StackedCell(List<? extends RnnCell<?>> cells, boolean outputDropout) {
    if (cells.isEmpty()) {
      throw UserError.in("stacked cell").what("there are no cells to stack").build();
    }
    for (int i = 1; i < cells.size(); i++) {
      int below = cells.get(i - 1).outputSize();
      if (cells.get(i).inputSize() != below) {
        throw UserError.in("stacked cell, layer " + i)
            .what("the input size is not the output size of the layer below")
            .expected(below)
            .received(cells.get(i).inputSize())
            .build();
      }
    }
    this.cells = List.copyOf(cells);
    this.outputDropout = outputDropout;
  }

  @Override
  public String where() {
    return "stacked cell";
  }

  @Override
  public @Nullable LinearInput<?> linearInput() {
    return cells.get(0).linearInput();
  }

  @Override
  public int inputSize() {
    return cells.get(0).inputSize();
  }

  @Override
  public int outputSize() {
    return cells.get(cells.size() - 1).outputSize();
  }

  @Override
  public StateLayout<StackedState> stateLayout() {
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      parts.addAll(cells.get(i).stateLayout().below("layer" + i).parts());
    }
    return StateLayout.of(
        parts, this::layers, state -> state.layers().stream().flatMap(List::stream).toList());
  }

  private StackedState layers(List<Operand<TFloat32>> parts) {
    List<List<Operand<TFloat32>>> layers = new ArrayList<>();
    int from = 0;
    for (RnnCell<?> cell : cells) {
      int to = from + cell.stateLayout().parts().size();
      layers.add(List.copyOf(parts.subList(from, to)));
      from = to;
    }
    return new StackedState(layers);
  }

  @Override
  public List<StatePart> maskParts() {
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      for (StatePart part : cells.get(i).maskParts()) {
        parts.add(part.below("layer" + i));
      }
      if (outputDropout) {
        parts.add(new StatePart("output", cells.get(i).outputSize()).below("layer" + i));
      }
    }
    return parts;
  }

  @Override
  public List<StatePart> projectionParts() {
    return cells.get(0).projectionParts();
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return cells.get(0).project(tf, values.below(scope(0)), x);
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return cells.get(0).projectOneHot(tf, values.below(scope(0)), ids);
  }

  @Override
  public CellStep<StackedState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      StackedState state,
      List<Operand<TFloat32>> masks) {
    if (state.layers().size() != cells.size()) {
      throw UserError.in("stacked cell")
          .what("the state is that of another stack")
          .expected(cells.size() + " layers")
          .received(state.layers().size())
          .build();
    }
    if (!masks.isEmpty()) {
      CellShapes.require("stacked cell", "mask", maskParts(), masks, CellShapes.rows(projected));
    }
    List<List<Operand<TFloat32>>> next = new ArrayList<>();
    List<Operand<TFloat32>> below = projected;
    Operand<TFloat32> output = projected.get(0);
    int mask = 0;
    for (int i = 0; i < cells.size(); i++) {
      RnnCell<?> cell = cells.get(i);
      int own = masks.isEmpty() ? 0 : cell.maskParts().size();
      Layer layer =
          layer(
              tf,
              values.below(scope(i)),
              cell,
              below,
              state.layers().get(i),
              masks.subList(mask, mask + own));
      mask += own;
      next.add(layer.parts());
      output = layer.output();
      if (outputDropout && !masks.isEmpty()) {
        output = tf.math.mul(output, masks.get(mask++));
      }
      if (i + 1 < cells.size()) {
        below = cells.get(i + 1).project(tf, values.below(scope(i + 1)), output);
      }
    }
    return new CellStep<>(output, new StackedState(next));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, StackedState state) {
    List<DynamicWeight> all = new ArrayList<>();
    List<Operand<TFloat32>> below = projected;
    for (int i = 0; i < cells.size(); i++) {
      RnnCell<?> cell = cells.get(i);
      List<Operand<TFloat32>> parts = state.layers().get(i);
      CellValues own = values.below(scope(i));
      for (DynamicWeight weight : dynamicWeights(tf, own, cell, below, parts)) {
        all.add(weight.below("layer" + i));
      }
      if (i + 1 < cells.size()) {
        Layer layer = layer(tf, own, cell, below, parts, List.of());
        below = cells.get(i + 1).project(tf, values.below(scope(i + 1)), layer.output());
      }
    }
    return all;
  }

  /** The scope of a layer's made weights; a cell that is several layers has one for all. */
  private String scope(int layer) {
    int first = 0;
    while (cells.get(first) != cells.get(layer)) {
      first++;
    }
    return "layer" + first;
  }

  private static <S> List<DynamicWeight> dynamicWeights(
      Ops tf,
      CellValues values,
      RnnCell<S> cell,
      List<Operand<TFloat32>> projected,
      List<Operand<TFloat32>> parts) {
    return cell.dynamicWeights(tf, values, projected, cell.stateLayout().state(parts));
  }

  /** The result of one layer: its output, and the parts of its next state. */
  private record Layer(Operand<TFloat32> output, List<Operand<TFloat32>> parts) {}

  private static <S> Layer layer(
      Ops tf,
      CellValues values,
      RnnCell<S> cell,
      List<Operand<TFloat32>> projected,
      List<Operand<TFloat32>> parts,
      List<Operand<TFloat32>> masks) {
    CellStep<S> step = cell.advance(tf, values, projected, cell.stateLayout().state(parts), masks);
    return new Layer(step.output(), cell.stateLayout().tensors(step.state()));
  }
}
