package org.hypernet4j.cell;

import org.hypernet4j.graph.Parameter;
import org.tensorflow.op.Ops;

/** Rows of a matrix as a weight of their own. */
final class MatrixRows {
  private MatrixRows() {}

  /**
   * Takes rows.
   *
   * @param from first row
   * @param to behind the last row
   */
  static Weight of(Parameter matrix, int from, int to) {
    long columns = matrix.shape().get(1);
    return Weight.made(
        matrix.name() + "[" + from + ":" + to + "]",
        (Ops tf) ->
            tf.slice(
                matrix.value(),
                tf.constant(new int[] {from, 0}),
                tf.constant(new int[] {to - from, (int) columns})));
  }
}
