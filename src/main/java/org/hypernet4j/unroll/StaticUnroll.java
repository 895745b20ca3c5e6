package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The step, copied into the graph once for every time step. The number of steps is fixed when the
 * graph is built, and the graph grows with it: a reference for tests and short sequences.
 */
public final class StaticUnroll {
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
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    List<S> states = new ArrayList<>();
    S state = initial;
    CellValues values = CellValues.make(tf, cell.allWeights());
    for (int t = 0; t < xs.size(); t++) {
      CellStep<S> step =
          cell.advance(
              tf,
              values,
              cell.project(tf, values, xs.get(t)),
              state,
              masks.isEmpty() ? List.of() : masks.get(t));
      state = step.state();
      outputs.add(step.output());
      states.add(state);
    }
    return new Unrolled<>(outputs, states, state);
  }
}
