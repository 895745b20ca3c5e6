// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell with dropout of its input, its output, or both: masks {@code input [batch, inputSize]} and
 * {@code output [batch, outputSize]} before the cell's own. No mask is applied to the state.
 *
 * <p>With dropout of the input the product of the input is formed in the step, not ahead of a loop;
 * it is faster to multiply the whole sequence by its masks before the loop and to leave the input's
 * dropout off here.
 *
 * @param <S> the cell's state
 */
public final class DropoutCell<S> extends WrappedCell<S> {
  private final boolean input;
  private final boolean output;

  /**
   * Wraps a cell.
   *
   * @param input whether {@link #advance} takes a mask for the input
   * @param output whether it takes one for the output
   */
  public DropoutCell(RnnCell<S> cell, boolean input, boolean output) {
    super(cell);
    this.input = input;
    this.output = output;
  }

  @Override
  public String where() {
    return "cell with dropout";
  }

  @Override
  public @Nullable LinearInput<?> linearInput() {
    return input ? null : cell.linearInput();
  }

  @Override
  public List<Parameter> inputMatrices() {
    return input ? List.of() : cell.inputMatrices();
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
    CellShapes.require(this, projected, state, masks);
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

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, S state) {
    List<Operand<TFloat32>> products =
        input ? cell.project(tf, values, projected.get(0)) : projected;
    return cell.dynamicWeights(tf, values, products, state);
  }
}
