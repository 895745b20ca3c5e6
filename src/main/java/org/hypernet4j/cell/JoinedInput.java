// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A cell whose input is several tensors side by side: first the part that is known before the loop,
 * then those that each step makes. If the cell reads its input through one matrix, the first part
 * is projected ahead of the loop and the other products are added to it.
 */
final class JoinedInput {
  private final RnnCell<?> cell;
  private final int outside;
  private final boolean whole;
  private final int columns;
  private final List<Weight> blocks = new ArrayList<>();

  /**
   * Divides the input of a cell.
   *
   * @param outside size of the part that is known before the loop; 0 for none
   * @param inside sizes of the others; all add up to the cell's input size
   */
  JoinedInput(RnnCell<?> cell, int outside, int... inside) {
    this.cell = cell;
    this.outside = outside;
    this.whole = inside.length == 0;
    LinearInput<?> linear = cell.linearInput();
    if (linear == null || whole) {
      this.columns = outside;
      return;
    }
    Parameter matrix = linear.inputMatrix();
    this.columns = (int) matrix.shape().get(1);
    int from = 0;
    for (int i = -1; i < inside.length; i++) {
      int to = from + (i < 0 ? outside : inside[i]);
      blocks.add(
          from == 0 && to == matrix.shape().get(0)
              ? Weight.of(matrix)
              : Weight.block(matrix, 0, from, to));
      from = to;
    }
  }

  /** The tensors that {@link #project} returns. */
  List<StatePart> projectionParts(String name) {
    if (whole) {
      return cell.projectionParts().stream().map(part -> part.below(name)).toList();
    }
    return outside == 0 ? List.of() : List.of(new StatePart(name, columns));
  }

  /**
   * What is known before the loop of the cell's projection, or else of its input.
   *
   * @param x {@code [rows, outside]}
   */
  List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    if (whole) {
      return cell.project(tf, values, x);
    }
    if (outside == 0) {
      return List.of();
    }
    if (blocks.isEmpty()) {
      return List.of(x);
    }
    Shapes.require(cell.where(), "x", x, -1, outside);
    return List.of(Precision.of(tf).matMul(tf, x, values.of(blocks.get(0))));
  }

  /** As {@link #project}, for one-hot inputs. */
  List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    if (whole) {
      return cell.projectOneHot(tf, values, ids);
    }
    if (outside == 0) {
      return List.of();
    }
    return List.of(
        blocks.isEmpty()
            ? tf.oneHot(ids, tf.constant(outside), tf.constant(1f), tf.constant(0f))
            : tf.gather(values.of(blocks.get(0)), ids, tf.constant(0)));
  }

  /**
   * The cell's projections, complete.
   *
   * @param projected what {@link #project} returned
   * @param inside the other parts of the input, {@code [batch, size]} each
   */
  List<Operand<TFloat32>> join(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      List<Operand<TFloat32>> inside) {
    if (whole) {
      return projected;
    }
    if (blocks.isEmpty()) {
      List<Operand<TFloat32>> all = new ArrayList<>(projected);
      all.addAll(inside);
      return cell.project(
          tf, values, all.size() == 1 ? all.get(0) : tf.concat(all, tf.constant(1)));
    }
    List<Operand<TFloat32>> terms = new ArrayList<>(projected);
    for (int i = 0; i < inside.size(); i++) {
      terms.add(values.product(tf, inside.get(i), blocks.get(i + 1)));
    }
    Operand<TFloat32> sum = terms.get(0);
    for (Operand<TFloat32> term : terms.subList(1, terms.size())) {
      sum = tf.math.add(sum, term);
    }
    return List.of(sum);
  }
}
