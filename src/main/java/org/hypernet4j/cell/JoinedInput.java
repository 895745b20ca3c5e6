// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A cell whose input is several tensors side by side: first the part that is known before the loop,
 * then those that each step makes. If the cell reads its input through a matrix, or through
 * several, the first part is projected ahead of the loop and the other products are added to it.
 */
final class JoinedInput {
  private final RnnCell<?> cell;
  private final int outside;
  private final boolean whole;
  private final List<List<Weight>> blocks = new ArrayList<>(); // of each matrix, from the first row
  private final List<StatePart> parts = new ArrayList<>();

  /**
   * Divides the input of a cell that reads it through one matrix, or whole.
   *
   * @param outside size of the part that is known before the loop; 0 for none
   * @param inside sizes of the others; all add up to the cell's input size
   */
  JoinedInput(RnnCell<?> cell, int outside, int... inside) {
    this(cell, one(cell.linearInput()), outside, inside);
  }

  /** Divides the input of a cell that may also read it through several matrices. */
  static JoinedInput ofProducts(RnnCell<?> cell, int outside, int... inside) {
    return new JoinedInput(cell, cell.inputMatrices(), outside, inside);
  }

  private JoinedInput(RnnCell<?> cell, List<Parameter> matrices, int outside, int... inside) {
    this.cell = cell;
    this.outside = outside;
    this.whole = inside.length == 0;
    if (matrices.isEmpty() || whole) {
      parts.add(new StatePart("x", outside));
      return;
    }
    for (Parameter matrix : matrices) {
      parts.add(new StatePart("sum" + parts.size(), (int) matrix.shape().get(1)));
      List<Weight> own = new ArrayList<>();
      int from = 0;
      for (int i = -1; i < inside.length; i++) {
        int to = from + (i < 0 ? outside : inside[i]);
        own.add(
            from == 0 && to == matrix.shape().get(0)
                ? Weight.of(matrix)
                : Weight.block(matrix, 0, from, to));
        from = to;
      }
      blocks.add(own);
    }
  }

  private static List<Parameter> one(@Nullable LinearInput<?> linear) {
    return linear == null ? List.of() : List.of(linear.inputMatrix());
  }

  /** The tensors that {@link #project} returns. */
  List<StatePart> projectionParts(String name) {
    if (whole) {
      return cell.projectionParts().stream().map(part -> part.below(name)).toList();
    }
    if (outside == 0) {
      return List.of();
    }
    return parts.size() == 1
        ? List.of(new StatePart(name, parts.get(0).size()))
        : parts.stream().map(part -> part.below(name)).toList();
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
    return blocks.stream()
        .map(own -> Precision.of(tf).matMul(tf, x, values.of(own.get(0))))
        .toList();
  }

  /** As {@link #project}, for one-hot inputs. */
  List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    if (whole) {
      return cell.projectOneHot(tf, values, ids);
    }
    if (outside == 0) {
      return List.of();
    }
    if (blocks.isEmpty()) {
      return List.of(tf.oneHot(ids, tf.constant(outside), tf.constant(1f), tf.constant(0f)));
    }
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (List<Weight> own : blocks) {
      rows.add(tf.gather(values.of(own.get(0)), ids, tf.constant(0)));
    }
    return rows;
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
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (int matrix = 0; matrix < blocks.size(); matrix++) {
      List<Operand<TFloat32>> terms = new ArrayList<>();
      if (outside > 0) {
        terms.add(projected.get(matrix));
      }
      for (int i = 0; i < inside.size(); i++) {
        terms.add(values.product(tf, inside.get(i), blocks.get(matrix).get(i + 1)));
      }
      Operand<TFloat32> sum = terms.get(0);
      for (Operand<TFloat32> term : terms.subList(1, terms.size())) {
        sum = tf.math.add(sum, term);
      }
      sums.add(sum);
    }
    return sums;
  }
}
