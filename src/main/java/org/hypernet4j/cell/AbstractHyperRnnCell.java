// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Base class of hypernetworks over a cell whose state is its output: a small cell on [x; h], a
 * state of h and the small cell's state, and one input matrix, whose product depends on the input
 * alone.
 *
 * @param <H> the small cell's state
 */
abstract sealed class AbstractHyperRnnCell<H> implements RnnCell<HyperRnnState<H>>
    permits HyperGruCell, HyperRnnCell, HyperRnnFullCell {
  final int units;
  final HyperInput<H> hyper;
  private final String where;
  private final int inputSize;

  /** Makes the small cell in the scope {@code hyper}. */
  AbstractHyperRnnCell(
      String kind, ParameterScope scope, int inputSize, int units, SmallCell<H> hyper) {
    this.where = kind + " cell '" + scope.path() + "'";
    this.inputSize = inputSize;
    this.units = units;
    this.hyper = HyperInput.make(where, scope, inputSize, units, hyper);
  }

  /** The matrix that x is multiplied by. */
  abstract Parameter inputMatrix();

  @Override
  public final String where() {
    return where;
  }

  @Override
  public final int inputSize() {
    return inputSize;
  }

  @Override
  public final int outputSize() {
    return units;
  }

  @Override
  public final StateLayout<HyperRnnState<H>> stateLayout() {
    return StateLayout.pair(
        StateLayout.part("h", units),
        hyper.stateLayout(),
        HyperRnnState::new,
        HyperRnnState::h,
        HyperRnnState::hyper);
  }

  @Override
  public List<StatePart> maskParts() {
    return hyper.maskParts();
  }

  @Override
  public final List<StatePart> projectionParts() {
    return hyper.projectionParts((int) inputMatrix().shape().get(1));
  }

  @Override
  public final List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, inputSize);
    return hyper.project(tf, values, inputMatrix(), x);
  }

  @Override
  public final List<Parameter> inputMatrices() {
    return hyper.inputMatrices(inputMatrix());
  }

  @Override
  public final List<Operand<TFloat32>> projectOneHot(
      Ops tf, CellValues values, Operand<TInt32> ids) {
    return hyper.projectOneHot(tf, values, inputMatrix(), ids);
  }

  /** The small cell's step, on this step's slice of {@link #project} and on h. */
  final CellStep<H> small(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      HyperRnnState<H> state,
      List<Operand<TFloat32>> masks) {
    return hyper.advance(tf, values, projected.get(1), state.h(), state.hyper(), masks);
  }
}
