// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell whose input is added to its output: the whole input, or with {@link #ofFirst} its first
 * columns, if a cell reads something else beside the output of the layer below. The state is the
 * cell's own: an output that is part of it does not include the added input.
 *
 * @param <S> the cell's state
 */
public final class ResidualCell<S> extends WrappedCell<S> {
  /** Wraps a cell whose output is as wide as its input. */
  public ResidualCell(RnnCell<S> cell) {
    this(cell, cell.inputSize() == cell.outputSize(), "equal sizes");
  }

  private ResidualCell(RnnCell<S> cell, boolean fits, String expected) {
    super(cell);
    if (!fits) {
      throw UserError.in("residual cell")
          .what("input and output cannot be added")
          .expected(expected)
          .received("input " + cell.inputSize() + ", output " + cell.outputSize())
          .build();
    }
  }

  /**
   * Wraps a cell whose input is at least as wide as its output, N: the first N columns of the input
   * are added. Of a decoder's layer that reads {@code [h ; context]} these are h, the output of the
   * layer below.
   */
  public static <S> ResidualCell<S> ofFirst(RnnCell<S> cell) {
    return new ResidualCell<>(
        cell, cell.inputSize() >= cell.outputSize(), "an input at least as wide as the output");
  }

  @Override
  public String where() {
    return "residual cell";
  }

  @Override
  public List<StatePart> projectionParts() {
    List<StatePart> parts = new ArrayList<>(cell.projectionParts());
    parts.add(new StatePart("input", cell.outputSize()));
    return parts;
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    List<Operand<TFloat32>> projected = new ArrayList<>(cell.project(tf, values, x));
    projected.add(
        cell.inputSize() == cell.outputSize()
            ? x
            : tf.slice(
                x, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, cell.outputSize()})));
    return projected;
  }

  @Override
  public CellStep<S> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    CellStep<S> step = cell.advance(tf, values, own(projected), state, masks);
    return new CellStep<>(
        tf.math.add(step.output(), projected.get(projected.size() - 1)), step.state());
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, S state) {
    return cell.dynamicWeights(tf, values, own(projected), state);
  }

  private static List<Operand<TFloat32>> own(List<Operand<TFloat32>> projected) {
    return projected.subList(0, projected.size() - 1);
  }
}
