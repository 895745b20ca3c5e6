package org.hypernet4j.cell;

/**
 * A cell whose {@link RnnCell#project} is one product with one matrix, so that an input that is put
 * together from two tensors can be projected in two halves whose results are added. A HyperLSTM
 * uses it: the half of its small cell's input that comes from outside is then projected for all
 * steps at once.
 */
interface LinearInput {
  /**
   * Some rows of the input matrix.
   *
   * @param from first row
   * @param to behind the last row
   */
  Weight inputRows(int from, int to);
}
