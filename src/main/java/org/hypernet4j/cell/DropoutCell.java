package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell with dropout of its input, its output, or both: masks {@code input [batch, inputSize]} and
 * {@code output [batch, outputSize]} before the cell's own. What the cell remembers is not touched.
 *
 * <p>With dropout of the input the product of the input is formed in the step, not ahead of a loop;
 * it is faster to multiply the whole sequence by its masks before the loop and to leave the input's
 * dropout off here.
 *
 * @param <S> the cell's state
 */
public final class DropoutCell<S> implements RnnCell<S> {
  private final RnnCell<S> cell;
  private final boolean input;
  private final boolean output;

  /**
   * Wraps a cell.
   *
   * @param input whether {@link #advance} takes a mask for the input
   * @param output whether it takes one for the output
   */
  public DropoutCell(RnnCell<S> cell, boolean input, boolean output) {
    this.cell = cell;
    this.input = input;
    this.output = output;
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
  public List<StatePart> maskParts() {
    List<StatePart> parts = new ArrayList<>();
    if (input) {
      parts.add(new StatePart("input", cell.inputSize()));
    }
    if (output) {
      parts.add(new StatePart("output", cell.outputSize()));
    }
    cell.maskParts().forEach(part -> parts.add(part.below("cell")));
    return parts;
  }

  @Override
  public List<Weight> projectionWeights() {
    return input ? List.of() : cell.projectionWeights();
  }

  @Override
  public List<Weight> weights() {
    return input ? cell.allWeights() : cell.weights();
  }

  @Override
  public List<StatePart> projectionParts() {
    return input ? List.of(new StatePart("x", cell.inputSize())) : cell.projectionParts();
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return input ? List.of(x) : cell.project(tf, values, x);
  }

  @Override
  public CellStep<S> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require("cell with dropout", this, projected, parts(state), masks);
    boolean dropping = !masks.isEmpty();
    int own = dropping ? (input ? 1 : 0) + (output ? 1 : 0) : 0;
    List<Operand<TFloat32>> products = projected;
    if (input) {
      Operand<TFloat32> x = projected.get(0);
      products = cell.project(tf, values, dropping ? tf.math.mul(x, masks.get(0)) : x);
    }
    CellStep<S> step = cell.advance(tf, values, products, state, masks.subList(own, masks.size()));
    return output && dropping
        ? new CellStep<>(tf.math.mul(step.output(), masks.get(own - 1)), step.state())
        : step;
  }
}
