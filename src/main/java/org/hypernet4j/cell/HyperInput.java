package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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

  /**
   * What {@link #project} reads.
   *
   * @param kernel the main cell's own input matrix
   */
  List<Weight> projectionWeights(Parameter kernel) {
    List<Weight> all = new ArrayList<>(List.of(Weight.of(kernel)));
    if (cell instanceof LinearInput linear) {
      all.add(linear.inputRows(0, outside));
    }
    return all;
  }

  /** What {@link #advance} reads. */
  List<Weight> weights() {
    List<Weight> all = new ArrayList<>();
    if (cell instanceof LinearInput linear) {
      all.add(linear.inputRows(outside, cell.inputSize()));
    } else {
      all.addAll(cell.projectionWeights());
    }
    all.addAll(cell.weights());
    return all;
  }

  /**
   * What {@link #project} gives.
   *
   * @param main the main cell's part of it
   */
  List<StatePart> projectionParts(StatePart main) {
    int size = cell instanceof LinearInput ? cell.projectionParts().get(0).size() : outside;
    return List.of(main, new StatePart("hyper", size));
  }

  /**
   * What the input alone decides: the main cell's product, and the small cell's; the input itself
   * where the latter is no product with a matrix.
   */
  List<Operand<TFloat32>> project(
      Ops tf, CellValues values, Parameter kernel, Operand<TFloat32> x) {
    return List.of(
        Precision.current().matMul(tf, x, values.of(Weight.of(kernel))),
        cell instanceof LinearInput linear
            ? Precision.current().matMul(tf, x, values.of(linear.inputRows(0, outside)))
            : x);
  }

  /** The same for inputs that are one-hot. */
  List<Operand<TFloat32>> projectOneHot(
      Ops tf, CellValues values, Parameter kernel, Operand<TInt32> ids) {
    return List.of(
        tf.gather(values.of(Weight.of(kernel)), ids, tf.constant(0)),
        cell instanceof LinearInput linear
            ? tf.gather(values.of(linear.inputRows(0, outside)), ids, tf.constant(0))
            : tf.oneHot(ids, tf.constant(outside), tf.constant(1f), tf.constant(0f)));
  }

  /** The small cell's masks. */
  List<StatePart> maskParts() {
    return cell.maskParts().stream().map(part -> part.below("hyper")).toList();
  }

  /** One step of the small cell. */
  CellStep<H> advance(
      Ops tf,
      CellValues values,
      Operand<TFloat32> projected,
      Operand<TFloat32> h,
      H state,
      List<Operand<TFloat32>> masks) {
    List<Operand<TFloat32>> input =
        cell instanceof LinearInput linear
            ? List.of(
                tf.math.add(
                    projected, values.product(tf, h, linear.inputRows(outside, cell.inputSize()))))
            : cell.project(tf, values, tf.concat(List.of(projected, h), tf.constant(1)));
    return cell.advance(tf, values, input, state, masks);
  }
}
