// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One step of a recurrent network, in the sense of TensorFlow's RNN cells: a pure function (input,
 * state) -&gt; (output, state) with parameters of its own.
 *
 * <p>A custom cell creates its parameters in its constructor and implements four methods: {@link
 * #inputSize}, {@link #outputSize}, {@link #stateLayout} and {@link #advance}. One that multiplies
 * its input by a matrix implements {@link LinearInput} instead: the product of all steps is then
 * one product before the loop.
 *
 * <p>A step has two halves. {@link #project} depends on the input alone; a loop computes it for all
 * steps at once. {@link #advance} is the rest. {@link #step} is both.
 *
 * <p>Neither half touches a parameter's tensor: each takes it from {@link CellValues}, because the
 * body of a loop cannot see the graph around it. Other tensors of that graph, constant over time,
 * are read in the same way: {@link Weight#bound}. All ops must treat the rows of a batch alike and
 * independently.
 *
 * @param <S> the state, a record with named parts
 */
public interface RnnCell<S> {
  /** Size of the input, N_x. */
  int inputSize();

  /** Size of the output, N_h. */
  int outputSize();

  /** The state as a list of tensors: names, sizes, and the conversion in both directions. */
  StateLayout<S> stateLayout();

  /**
   * The part of the step that depends on the state.
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

  /** The cell's name in error messages, {@code LSTM cell 'encoder'} for example. */
  default String where() {
    return getClass().getSimpleName();
  }

  /** The tensors that {@link #project} returns. */
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
   * The part of the step that depends on the input alone.
   *
   * @param x {@code [rows, inputSize]}: a batch, or all steps of a batch
   * @return one tensor {@code [rows, size]} for each of {@link #projectionParts}
   */
  default List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return List.of(x);
  }

  /**
   * As {@link #project}, for one-hot inputs. A product with a one-hot row is a row of the matrix,
   * so cells that multiply take that row instead.
   *
   * @param ids the indices of the ones, {@code [rows]}, each below {@link #inputSize}
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
   * The matrices whose products with the input are this cell's projections, one for each of {@link
   * #projectionParts}: their first rows are those of the input, in order. An input that is put
   * together from several tensors may then be projected in parts whose results are added. Empty for
   * a cell whose {@link #project} is anything else.
   */
  default List<Parameter> inputMatrices() {
    LinearInput<?> linear = linearInput();
    return linear == null ? List.of() : List.of(linear.inputMatrix());
  }

  /**
   * The weights that a hypernetwork makes for this step, for inspection; none for a cell whose
   * weights are constant. The arguments are those of {@link #advance}; there is no dropout.
   */
  default List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, S state) {
    return List.of();
  }

  /**
   * One step without dropout.
   *
   * @param x {@code [batch, inputSize]}
   * @param state parts {@code [batch, size]}: one row for each row of x
   */
  default CellStep<S> step(Ops tf, Operand<TFloat32> x, S state) {
    CellValues values = CellValues.forOneStep(tf);
    List<Operand<TFloat32>> projected = project(tf, values, x);
    return advance(tf, values, projected, CellShapes.ofBatch(tf, this, x, state), List.of());
  }

  /**
   * A state of zeros.
   *
   * @param batch number of sequences: a scalar or {@code [1]}
   * @throws org.hypernet4j.error.UserError if it has another shape
   */
  default S zeroState(Ops tf, Operand<TInt32> batch) {
    return stateLayout().zeros(tf, batch);
  }
}
