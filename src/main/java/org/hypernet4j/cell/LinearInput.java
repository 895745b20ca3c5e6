// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A cell that reads its input through one matrix, {@code x W_x}: the product is formed for all
 * steps before a loop, and {@link #advance} receives it as its only projection. An input that is
 * put together from two tensors can be projected in two halves whose results are added; a
 * hypernetwork's small cell is run in this way. A cell whose {@link #project} is anything else must
 * not implement this interface.
 *
 * @param <S> the state
 */
public interface LinearInput<S> extends RnnCell<S> {
  /** W_x, {@code [inputSize, columns]}. */
  Parameter inputMatrix();

  @Override
  default int inputSize() {
    return (int) inputMatrix().shape().get(0);
  }

  @Override
  default List<StatePart> projectionParts() {
    return List.of(new StatePart("sum", (int) inputMatrix().shape().get(1)));
  }

  @Override
  default List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where(), "x", x, -1, inputSize());
    return List.of(Precision.of(tf).matMul(tf, x, values.of(inputMatrix())));
  }

  @Override
  default List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return List.of(tf.gather(values.of(inputMatrix()), ids, tf.constant(0)));
  }

  @Override
  default LinearInput<?> linearInput() {
    return this;
  }
}
