package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.unroll.StaticUnroll;
import org.hypernet4j.unroll.Unrolled;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A cell over a whole sequence: the one place that decides how the steps are run.
 *
 * @param outputs {@code [T, B, outputSize]}; behind a sequence's length they mean nothing
 * @param state parts of the state after the last step of each sequence, {@code [B, size]}
 */
record CellSequence(Operand<TFloat32> outputs, List<Operand<TFloat32>> state) {

  /**
   * Runs the steps.
   *
   * @param xs {@code [T, B, inputSize]}, T known when the graph is built
   * @param initial parts of the state before the first step
   * @param masks for each of the cell's mask parts {@code [T, B, size]}; empty for no dropout
   * @param lengths steps that count, {@code [B]}; null for all
   */
  static <S> CellSequence run(
      Ops tf,
      RnnCell<S> cell,
      Operand<TFloat32> xs,
      List<Operand<TFloat32>> initial,
      List<Operand<TFloat32>> masks,
      @Nullable Operand<TInt32> lengths) {
    List<Output<TFloat32>> steps = unstack(tf, xs);
    List<List<Operand<TFloat32>>> masksByStep = new ArrayList<>();
    steps.forEach(step -> masksByStep.add(new ArrayList<>()));
    for (Operand<TFloat32> mask : masks) {
      List<Output<TFloat32>> parts = unstack(tf, mask);
      for (int t = 0; t < parts.size(); t++) {
        masksByStep.get(t).add(parts.get(t));
      }
    }
    Unrolled<S> unrolled =
        StaticUnroll.run(
            tf, cell, steps, cell.state(initial), masks.isEmpty() ? List.of() : masksByStep);
    Operand<TFloat32> outputs = tf.stack(unrolled.outputs());
    return new CellSequence(
        outputs,
        lengths == null
            ? cell.parts(unrolled.finalState())
            : statesAt(tf, cell, initial, unrolled.states(), lengths));
  }

  private static List<Output<TFloat32>> unstack(Ops tf, Operand<TFloat32> x) {
    return tf.unstack(x, x.shape().get(0), Unstack.axis(0L)).output();
  }

  private static <S> List<Operand<TFloat32>> statesAt(
      Ops tf,
      RnnCell<S> cell,
      List<Operand<TFloat32>> initial,
      List<S> states,
      Operand<TInt32> lengths) {
    List<Operand<TFloat32>> last = new ArrayList<>(initial);
    for (int t = 0; t < states.size(); t++) {
      Operand<TBool> runs =
          tf.expandDims(tf.math.greater(lengths, tf.constant(t)), tf.constant(1)); // [B, 1]
      List<Operand<TFloat32>> next = cell.parts(states.get(t));
      for (int i = 0; i < last.size(); i++) {
        last.set(i, tf.select(runs, next.get(i), last.get(i)));
      }
    }
    return last;
  }
}
