package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A cell whose {@link RnnCell#project} is a product with one matrix, so that an input that is put
 * together from two tensors can be projected in two halves whose results are added. A HyperLSTM
 * uses it: the half of its small cell's input that comes from outside is then projected for all
 * steps at once.
 */
interface LinearInput {
  /**
   * The product with some rows of the input matrix, without anything that is added once.
   *
   * @param x {@code [rows, to - from]}
   * @param from first row of the matrix
   * @param to behind the last row
   */
  Operand<TFloat32> projectRows(Ops tf, Operand<TFloat32> x, int from, int to);
}
