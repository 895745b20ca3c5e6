// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Runs a cell as copies of its step in the graph, one for every time step. The number of steps is
 * fixed when the graph is built, and the graph grows with it: a reference for tests and short
 * sequences.
 */
public final class StaticUnroll {
  private static final String WHERE = "static unroll";

  private StaticUnroll() {}

  /**
   * Unrolls for training; a cell with dropout needs masks, see the overload with options.
   *
   * @param xs the input of each step, {@code [batch, inputSize]}
   * @param initial the state before the first step
   */
  public static <S> UnrollResult<S> run(
      Ops tf, RnnCell<S> cell, List<? extends Operand<TFloat32>> xs, S initial) {
    return run(tf, cell, xs, initial, ScanOptions.training());
  }

  /**
   * Unrolls with lengths and dropout masks as a {@link Scan} does; {@link ScanOptions#lengths}
   * defines lengths. The other options have no effect here.
   *
   * @param xs the input of each step, {@code [batch, inputSize]}
   * @param initial the state before the first step
   */
  public static <S> UnrollResult<S> run(
      Ops tf,
      RnnCell<S> cell,
      List<? extends Operand<TFloat32>> xs,
      S initial,
      ScanOptions options) {
    options.requireMasks(WHERE, cell);
    if (xs.isEmpty()) {
      return new UnrollResult<>(List.of(), List.of(), initial);
    }
    Steps steps = Steps.of(tf, cell, xs, initial, options);
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<S> states = new ArrayList<>();
    CellValues values = CellValues.make(tf, WHERE);
    List<Operand<TFloat32>> state = steps.begin(tf);
    for (int t = 0; t < xs.size(); t++) {
      CellStep<S> step =
          cell.advance(
              tf,
              values,
              cell.project(tf, values, steps.x(tf, t)),
              cell.stateLayout().state(state),
              steps.masks(tf, t));
      state = steps.next(tf, t, cell.stateLayout().tensors(step.state()), state);
      outputs.add(steps.only(tf, t, step.output()));
      states.add(cell.stateLayout().state(steps.own(tf, state)));
    }
    return new UnrollResult<>(outputs, states, states.get(states.size() - 1));
  }

  /**
   * The checked inputs of the steps; with lengths, no padding reaches a step.
   *
   * @param given the initial state's parts
   * @param masks the masks of all steps for each of the cell's parts, or none
   * @param mask null if all sequences have the full length
   */
  private record Steps(
      List<Operand<TFloat32>> xs,
      List<Operand<TFloat32>> given,
      List<List<Operand<TFloat32>>> masks,
      @Nullable SequenceMask mask) {
    static <S> Steps of(
        Ops tf,
        RnnCell<S> cell,
        List<? extends Operand<TFloat32>> xs,
        S initial,
        ScanOptions options) {
      Operand<TFloat32> first = xs.get(0);
      Shapes.require(WHERE, "x of step 0", first, -1, cell.inputSize());
      long batch = first.shape().isUnknown() ? -1 : first.shape().get(0);
      Supplier<Operand<TInt32>> size =
          () -> tf.slice(tf.shape(first), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
      List<StatePart> inputs = new ArrayList<>();
      for (int t = 0; t < xs.size(); t++) {
        inputs.add(new StatePart("of step " + t, cell.inputSize()));
      }
      Operand<TInt32> steps = tf.constant(new int[] {xs.size()});
      List<List<Operand<TFloat32>>> masks = new ArrayList<>();
      if (!options.masks().isEmpty()) {
        CellShapes.require(
                tf,
                WHERE,
                "mask",
                cell.maskParts(),
                options.masks(),
                () -> tf.concat(List.of(steps, size.get()), tf.constant(0)),
                xs.size(),
                batch)
            .forEach(
                mask -> masks.add(new ArrayList<>(tf.unstack(mask, (long) xs.size()).output())));
      }
      Operand<TInt32> lengths = options.lengths();
      return new Steps(
          CellShapes.require(tf, WHERE, "x", inputs, xs, size, batch),
          CellShapes.require(
              tf,
              WHERE,
              "initial state",
              cell.stateLayout().parts(),
              cell.stateLayout().tensors(initial),
              size,
              batch),
          masks,
          lengths == null ? null : SequenceMask.of(tf, WHERE, lengths, steps, size.get(), batch));
    }

    List<Operand<TFloat32>> begin(Ops tf) {
      Operand<TFloat32> zero = tf.constant(0f);
      return mask == null ? given : given.stream().map(part -> mask.ifAny(tf, part, zero)).toList();
    }

    Operand<TFloat32> x(Ops tf, int t) {
      return only(tf, t, xs.get(t));
    }

    List<Operand<TFloat32>> masks(Ops tf, int t) {
      return masks.stream().map(one -> only(tf, t, one.get(t))).toList();
    }

    /** The rows, zero where a sequence has ended. */
    Operand<TFloat32> only(Ops tf, int t, Operand<TFloat32> rows) {
      return mask == null ? rows : tf.select(mask.at(tf, t), rows, tf.constant(0f));
    }

    /** The next state; a sequence that has ended keeps its own. */
    List<Operand<TFloat32>> next(
        Ops tf, int t, List<Operand<TFloat32>> after, List<Operand<TFloat32>> before) {
      if (mask == null) {
        return after;
      }
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (int i = 0; i < after.size(); i++) {
        parts.add(tf.select(mask.at(tf, t), after.get(i), before.get(i)));
      }
      return parts;
    }

    /** The final state; for sequences without any step the given initial state. */
    List<Operand<TFloat32>> own(Ops tf, List<Operand<TFloat32>> state) {
      if (mask == null) {
        return state;
      }
      List<Operand<TFloat32>> parts = new ArrayList<>();
      for (int i = 0; i < state.size(); i++) {
        parts.add(mask.ifAny(tf, state.get(i), given.get(i)));
      }
      return parts;
    }
  }
}
