package org.hypernet4j.cell;

import java.util.ArrayList;
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
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
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
  public List<Weight> projectionWeights() {
    return cell.projectionWeights();
  }

  @Override
  public List<Weight> weights() {
    return cell.weights();
  }

  @Override
  public List<StatePart> projectionParts() {
    List<StatePart> parts = new ArrayList<>(cell.projectionParts());
    parts.add(new StatePart("input", cell.inputSize()));
    return parts;
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    List<Operand<TFloat32>> projected = new ArrayList<>(cell.project(tf, values, x));
    projected.add(x);
    return projected;
  }

  @Override
  public CellStep<S> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require("residual cell", this, projected, parts(state), masks);
    int own = projected.size() - 1;
    CellStep<S> step = cell.advance(tf, values, projected.subList(0, own), state, masks);
    return new CellStep<>(tf.math.add(step.output(), projected.get(own)), step.state());
  }
}
