package org.hypernet4j.cell;

import java.util.List;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What both HyperRNNs have in common: a small cell on [x; h], a state of h and the small cell's,
 * and one input matrix whose product the input alone decides.
 *
 * @param <H> the small cell's state
 */
abstract sealed class AbstractHyperRnnCell<H> implements RnnCell<HyperRnnState<H>>
    permits HyperRnnCell, HyperRnnFullCell {
  final String where;
  final int units;
  final HyperInput<H> hyper;
  private final int inputSize;

  /** Makes the small cell, in the scope {@code hyper}. */
  AbstractHyperRnnCell(
      ParameterScope scope,
      int inputSize,
      int units,
      BiFunction<ParameterScope, Integer, RnnCell<H>> hyper) {
    this.where = "HyperRNN cell '" + scope.path() + "'";
    this.inputSize = inputSize;
    this.units = units;
    this.hyper = HyperInput.make(where, scope, inputSize, units, hyper);
  }

  /** The matrix of x. */
  abstract Parameter inputMatrix();

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
        hyper.cell().stateLayout().below("hyper"),
        HyperRnnState::new,
        HyperRnnState::h,
        HyperRnnState::hyper);
  }

  @Override
  public final List<StatePart> maskParts() {
    return hyper.maskParts();
  }

  @Override
  public final List<Weight> projectionWeights() {
    return hyper.projectionWeights(inputMatrix());
  }

  @Override
  public final List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, inputSize);
    return hyper.project(tf, values, inputMatrix(), x);
  }

  @Override
  public final List<Operand<TFloat32>> projectOneHot(
      Ops tf, CellValues values, Operand<TInt32> ids) {
    return hyper.projectOneHot(tf, values, inputMatrix(), ids);
  }
}
