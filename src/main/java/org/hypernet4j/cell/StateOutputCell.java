// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell whose output is its next state, all parts side by side: run over a sequence it returns the
 * state after every step, {@code [time, batch, sum of the parts' sizes]}.
 *
 * @param <S> the cell's state
 */
public final class StateOutputCell<S> extends WrappedCell<S> {
  /** Wraps a cell. */
  public StateOutputCell(RnnCell<S> cell) {
    super(cell);
  }

  @Override
  public @Nullable LinearInput<?> linearInput() {
    return cell.linearInput();
  }

  @Override
  public List<Parameter> inputMatrices() {
    return cell.inputMatrices();
  }

  @Override
  public int outputSize() {
    return stateLayout().parts().stream().mapToInt(StatePart::size).sum();
  }

  @Override
  public CellStep<S> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S state,
      List<Operand<TFloat32>> masks) {
    CellStep<S> step = cell.advance(tf, values, projected, state, masks);
    List<Operand<TFloat32>> parts = cell.stateLayout().tensors(step.state());
    return new CellStep<>(
        parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1)), step.state());
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, S state) {
    return cell.dynamicWeights(tf, values, projected, state);
  }
}
