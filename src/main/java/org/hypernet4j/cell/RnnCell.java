// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One step of a recurrent network, in the sense of TensorFlow's RNN cells: a pure function (input,
 * state) -&gt; (output, state) with parameters of its own.
 *
 * <p>A cell of your own makes its parameters in its constructor and says four things: {@link
 * #inputSize}, {@link #outputSize}, {@link #stateLayout} and {@link #advance}. One that multiplies
 * its input by a matrix implements {@link LinearInput} instead: the product of all steps is then
 * one product before the loop.
 *
 * <p>A step has two halves. {@link #project} is what the input alone decides; a loop does it for
 * all steps at once. {@link #advance} is the rest. {@link #step} is both.
 *
 * <p>Neither half touches a parameter's tensor: each takes it from {@link CellValues}, because the
 * body of a loop cannot see the graph around it. All ops must treat the rows of a batch alike and
 * independently.
 *
 * @param <S> the state, a record with named parts
 */
public interface RnnCell<S> {
  /** Size of the input, N_x. */
  int inputSize();

  /** Size of the output, N_h. */
  int outputSize();

  /** The state as a list of tensors: names, sizes, and the way there and back. */
  StateLayout<S> stateLayout();

  /**
   * The rest of the step.
   *
   * @param projected one tensor {@code [batch, size]} for each of {@link #projectionParts}: the
   *     input itself unless the cell has a {@link #project} of its own
   * @param masks one for each of {@link #maskParts}, or an empty list for no dropout
   */
  CellStep<S> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S state,
      List<Operand<TFloat32>> masks);

  /** How the message of an error names the cell: {@code LSTM cell 'encoder'}. */
  default String where() {
    return getClass().getSimpleName();
  }

  /** The tensors that {@link #project} gives. */
  default List<StatePart> projectionParts() {
    return List.of(new StatePart("x", inputSize()));
  }

  /**
   * The tensors of {@link #advance}'s dropout masks, {@code [batch, size]}; empty for a cell
   * without dropout. Masks hold 0 or 1 / keep.
   */
  default List<StatePart> maskParts() {
    return List.of();
  }

  /**
   * The share of the step that depends on the input alone.
   *
   * @param x {@code [rows, inputSize]}: a batch, or all steps of a batch
   * @return one tensor {@code [rows, size]} for each of {@link #projectionParts}
   */
  default List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return List.of(x);
  }

  /**
   * The same for inputs that are one-hot. A product with a one-hot row is a row of the matrix, so
   * cells that multiply take that row instead.
   *
   * @param ids the places of the ones, {@code [rows]}, each below {@link #inputSize}
   */
  default List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return project(
        tf, values, tf.oneHot(ids, tf.constant(inputSize()), tf.constant(1f), tf.constant(0f)));
  }

  /**
   * The cell whose product with one matrix is this cell's {@link #project}: itself, or one that it
   * wraps. Null if there is none.
   */
  default @Nullable LinearInput<?> linearInput() {
    return null;
  }

  /**
   * The weights that a hypernetwork makes for this step, for looking at them; none for a cell whose
   * weights stay as they are. What the arguments mean {@link #advance} says; there is no dropout.
   */
  default List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, S state) {
    return List.of();
  }

  /**
   * One step without dropout.
   *
   * @param x {@code [batch, inputSize]}
   * @param state parts {@code [batch, size]}: a row for each of x
   */
  default CellStep<S> step(Ops tf, Operand<TFloat32> x, S state) {
    CellValues values = CellValues.forOneStep(tf);
    List<Operand<TFloat32>> projected = project(tf, values, x);
    return advance(tf, values, projected, CellShapes.ofBatch(tf, this, x, state), List.of());
  }

  /**
   * A state of zeros.
   *
   * @param batch a scalar
   */
  default S zeroState(Ops tf, Operand<TInt32> batch) {
    return stateLayout().zeros(tf, batch);
  }
}
