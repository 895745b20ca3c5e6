package org.hypernet4j.cell;

import java.util.List;
import java.util.function.BiFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A small cell whose input is [x; h]: what comes from outside, then the main cell's last output.
 * The half that comes from outside is projected ahead of the loop where the small cell allows it.
 *
 * @param cell the small cell
 * @param outside size of x
 */
record HyperInput<H>(RnnCell<H> cell, int outside) {
  static <H> HyperInput<H> make(
      String where,
      ParameterScope scope,
      int inputSize,
      int units,
      BiFunction<ParameterScope, Integer, RnnCell<H>> maker) {
    RnnCell<H> cell = maker.apply(scope.child("hyper"), inputSize + units);
    if (cell.inputSize() != inputSize + units) {
      throw UserError.in(where)
          .what("the small cell has the wrong input size")
          .expected((inputSize + units) + ", the input and the main cell's output together")
          .received(cell.inputSize())
          .build();
    }
    return new HyperInput<>(cell, inputSize);
  }

  HyperInput<H> withValues(CellValues values) {
    return new HyperInput<>(cell.withValues(values), outside);
  }

  /** Size of {@link #project}'s result. */
  int projectionSize() {
    return cell instanceof LinearInput ? cell.projectionSize() : outside;
  }

  /** What the input alone decides; the input itself where the small cell's product is no matrix. */
  Operand<TFloat32> project(Ops tf, Operand<TFloat32> x) {
    return cell instanceof LinearInput linear ? linear.projectRows(tf, x, 0, outside) : x;
  }

  /** One step of the small cell. */
  CellStep<H> advance(
      Ops tf,
      Operand<TFloat32> projected,
      Operand<TFloat32> h,
      H state,
      List<Operand<TFloat32>> masks) {
    Operand<TFloat32> input =
        cell instanceof LinearInput linear
            ? tf.math.add(projected, linear.projectRows(tf, h, outside, cell.inputSize()))
            : cell.project(tf, tf.concat(List.of(projected, h), tf.constant(1)));
    return cell.advance(tf, input, state, masks);
  }

  /** {@code size} columns of a matrix, from the given one on. */
  static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> x, int from, int size) {
    return tf.slice(x, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, size}));
  }
}
