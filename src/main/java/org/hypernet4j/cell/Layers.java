// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Several cells that one cell runs at every step, each with the names of its parts below {@code
 * layerK}: their states and masks in one list, and their steps in order, bottom first.
 *
 * @param outputDropout whether there is a mask {@code layerK/output} for the output of each
 */
record Layers(List<RnnCell<?>> cells, boolean outputDropout) {
  Layers {
    cells = List.copyOf(cells);
  }

  RnnCell<?> get(int layer) {
    return cells.get(layer);
  }

  int size() {
    return cells.size();
  }

  RnnCell<?> top() {
    return cells.get(cells.size() - 1);
  }

  /** The sizes of all outputs together. */
  int outputs() {
    return cells.stream().mapToInt(RnnCell::outputSize).sum();
  }

  /** The values as a layer reads them; a cell that is several layers has one scope for all. */
  CellValues below(CellValues values, int layer) {
    int first = 0;
    while (cells.get(first) != cells.get(layer)) {
      first++;
    }
    return values.below("layer" + first);
  }

  StateLayout<StackedState> stateLayout() {
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      parts.addAll(cells.get(i).stateLayout().below("layer" + i).parts());
    }
    return StateLayout.of(
        parts, this::states, state -> state.layers().stream().flatMap(List::stream).toList());
  }

  private StackedState states(List<Operand<TFloat32>> parts) {
    List<List<Operand<TFloat32>>> layers = new ArrayList<>();
    int from = 0;
    for (RnnCell<?> cell : cells) {
      int to = from + cell.stateLayout().parts().size();
      layers.add(List.copyOf(parts.subList(from, to)));
      from = to;
    }
    return new StackedState(layers);
  }

  List<StatePart> maskParts() {
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

  /** The results of a step: the output of each layer, after its mask, and all next states. */
  record Step(List<Operand<TFloat32>> outputs, StackedState state) {}

  /**
   * Runs the layers in order; for the weights that hypernetworks make, as far as these need.
   *
   * @param masks one for each of {@link #maskParts}, or an empty list
   * @param inputs the projections of a layer, from its number and the output of the one below, null
   *     for the first
   * @param weights receives the weights that hypernetworks make, or null
   */
  Step step(
      Ops tf,
      CellValues values,
      StackedState state,
      List<Operand<TFloat32>> masks,
      BiFunction<Integer, @Nullable Operand<TFloat32>, List<Operand<TFloat32>>> inputs,
      @Nullable List<DynamicWeight> weights) {
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<List<Operand<TFloat32>>> next = new ArrayList<>();
    Operand<TFloat32> output = null;
    int mask = 0;
    for (int i = 0; i < cells.size(); i++) {
      RnnCell<?> cell = cells.get(i);
      int own = masks.isEmpty() ? 0 : cell.maskParts().size();
      CellValues ofLayer = below(values, i);
      List<Operand<TFloat32>> projected = inputs.apply(i, output);
      List<Operand<TFloat32>> parts = state.layers().get(i);
      if (weights != null) {
        for (DynamicWeight weight : dynamicWeights(tf, ofLayer, cell, projected, parts)) {
          weights.add(weight.below("layer" + i));
        }
        if (i + 1 == cells.size()) {
          break;
        }
      }
      output = advance(tf, ofLayer, cell, projected, parts, masks.subList(mask, mask + own), next);
      mask += own;
      if (outputDropout && !masks.isEmpty()) {
        output = tf.math.mul(output, masks.get(mask++));
      }
      outputs.add(output);
    }
    return new Step(outputs, new StackedState(next));
  }

  private static <S> List<DynamicWeight> dynamicWeights(
      Ops tf,
      CellValues values,
      RnnCell<S> cell,
      List<Operand<TFloat32>> projected,
      List<Operand<TFloat32>> parts) {
    return cell.dynamicWeights(tf, values, projected, cell.stateLayout().state(parts));
  }

  /** One layer's step: adds the parts of its next state, returns its output. */
  private static <S> Operand<TFloat32> advance(
      Ops tf,
      CellValues values,
      RnnCell<S> cell,
      List<Operand<TFloat32>> projected,
      List<Operand<TFloat32>> parts,
      List<Operand<TFloat32>> masks,
      List<List<Operand<TFloat32>>> next) {
    CellStep<S> step = cell.advance(tf, values, projected, cell.stateLayout().state(parts), masks);
    next.add(cell.stateLayout().tensors(step.state()));
    return step.output();
  }
}
