package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell whose input is added to its output. The state is the cell's own: what the cell remembers
 * as its output is without the input.
 *
 * @param <S> the cell's state
 */
public final class ResidualCell<S> implements RnnCell<S> {
  private final RnnCell<S> cell;

  /** Wraps a cell whose output is as wide as its input. */
  public ResidualCell(RnnCell<S> cell) {
    if (cell.inputSize() != cell.outputSize()) {
      throw UserError.in("residual cell")
          .what("input and output cannot be added")
          .expected("equal sizes")
          .received("input " + cell.inputSize() + ", output " + cell.outputSize())
          .build();
    }
    this.cell = cell;
  }

  @Override
  public RnnCell<S> withValues(CellValues values) {
    return new ResidualCell<>(cell.withValues(values));
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public int projectionSize() {
    return cell.projectionSize() + cell.inputSize();
  }

  @Override
  public List<StatePart> stateParts() {
    return cell.stateParts();
  }

  @Override
  public List<StatePart> maskParts() {
    return cell.maskParts();
  }

  @Override
  public S state(List<Operand<TFloat32>> parts) {
    return cell.state(parts);
  }

  @Override
  public List<Operand<TFloat32>> parts(S state) {
    return cell.parts(state);
  }

  @Override
  public List<Parameter> parameters() {
    return cell.parameters();
  }

  @Override
  public Operand<TFloat32> project(Ops tf, Operand<TFloat32> x) {
    return tf.concat(List.of(cell.project(tf, x), x), tf.constant(1));
  }

  @Override
  public CellStep<S> advance(
      Ops tf, Operand<TFloat32> projected, S state, List<Operand<TFloat32>> masks) {
    int own = cell.projectionSize();
    CellStep<S> step = cell.advance(tf, HyperInput.columns(tf, projected, 0, own), state, masks);
    Operand<TFloat32> x = HyperInput.columns(tf, projected, own, cell.inputSize());
    return new CellStep<>(tf.math.add(step.output(), x), step.state());
  }
}
