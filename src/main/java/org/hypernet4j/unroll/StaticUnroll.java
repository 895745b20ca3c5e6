package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The step, copied into the graph once for every time step. The number of steps is fixed when the
 * graph is built, and the graph grows with it: a reference for tests and short sequences.
 */
public final class StaticUnroll {
  private static final String WHERE = "static unroll";

  private StaticUnroll() {}

  /**
   * Unrolls without dropout.
   *
   * @param xs the input of each step, {@code [batch, inputSize]}
   * @param initial the state before the first step
   */
  public static <S> Unrolled<S> run(
      Ops tf, RnnCell<S> cell, List<? extends Operand<TFloat32>> xs, S initial) {
    return run(tf, cell, xs, initial, List.of());
  }

  /**
   * Unrolls with dropout masks.
   *
   * @param masks for each step the masks of {@link RnnCell#maskParts}; empty for no dropout
   */
  public static <S> Unrolled<S> run(
      Ops tf,
      RnnCell<S> cell,
      List<? extends Operand<TFloat32>> xs,
      S initial,
      List<List<Operand<TFloat32>>> masks) {
    return run(tf, cell, xs, initial, masks, null);
  }

  /**
   * Unrolls sequences of different lengths; what that means {@link ScanOptions#lengths} says.
   *
   * @param masks for each step the masks of {@link RnnCell#maskParts}; empty for no dropout
   * @param lengths steps of each sequence, {@code [batch]}, or null if all have the full length
   */
  public static <S> Unrolled<S> run(
      Ops tf,
      RnnCell<S> cell,
      List<? extends Operand<TFloat32>> xs,
      S initial,
      List<List<Operand<TFloat32>>> masks,
      @Nullable Operand<TInt32> lengths) {
    if (!masks.isEmpty() && masks.size() != xs.size()) {
      throw UserError.in(WHERE)
          .what("there must be masks for every step or for none")
          .expected(xs.size() + " lists of masks")
          .received(masks.size())
          .build();
    }
    if (xs.isEmpty()) {
      return new Unrolled<>(List.of(), List.of(), initial);
    }
    Steps steps = Steps.of(tf, cell, xs, initial, masks, lengths);
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
    return new Unrolled<>(outputs, states, states.get(states.size() - 1));
  }

  /**
   * What the steps read, checked; with lengths nothing of what is padding goes into a step.
   *
   * @param given the initial state's parts
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
        List<List<Operand<TFloat32>>> masks,
        @Nullable Operand<TInt32> lengths) {
      Operand<TFloat32> first = xs.get(0);
      Shapes.require(WHERE, "x of step 0", first, -1, cell.inputSize());
      long batch = first.shape().isUnknown() ? -1 : first.shape().get(0);
      Supplier<Operand<TInt32>> size =
          () -> tf.slice(tf.shape(first), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
      List<StatePart> inputs = new ArrayList<>();
      for (int t = 0; t < xs.size(); t++) {
        inputs.add(new StatePart("of step " + t, cell.inputSize()));
      }
      List<List<Operand<TFloat32>>> checked = new ArrayList<>();
      for (List<Operand<TFloat32>> one : masks) {
        checked.add(CellShapes.require(tf, WHERE, "mask", cell.maskParts(), one, size, batch));
      }
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
          checked,
          lengths == null
              ? null
              : SequenceMask.of(
                  tf, WHERE, lengths, tf.constant(new int[] {xs.size()}), size.get(), batch));
    }

    List<Operand<TFloat32>> begin(Ops tf) {
      Operand<TFloat32> zero = tf.constant(0f);
      return mask == null ? given : given.stream().map(part -> mask.ifAny(tf, part, zero)).toList();
    }

    Operand<TFloat32> x(Ops tf, int t) {
      return only(tf, t, xs.get(t));
    }

    List<Operand<TFloat32>> masks(Ops tf, int t) {
      return masks.isEmpty()
          ? List.of()
          : masks.get(t).stream().map(one -> only(tf, t, one)).toList();
    }

    /** Zero where a sequence has ended. */
    Operand<TFloat32> only(Ops tf, int t, Operand<TFloat32> rows) {
      return mask == null ? rows : tf.select(mask.at(tf, t), rows, tf.constant(0f));
    }

    /** A sequence that has ended keeps its state. */
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

    /** For sequences without any step, the state that they came with. */
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
