// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/** The axes of a matrix of ids. */
public final class IdAxes {
  private IdAxes() {}

  /**
   * Ids with their axes exchanged. They are taken by their numbers: where oneDNN lacks int32, a
   * transpose prints an error in every process.
   *
   * @param ids {@code [A, B]}
   * @return {@code [B, A]}
   */
  public static Operand<TInt32> exchanged(Ops tf, Operand<TInt32> ids) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> columns = TranslationModel.size(tf, ids, 1);
    Operand<TInt32> starts =
        tf.math.mul(tf.range(zero, TranslationModel.size(tf, ids, 0), one), columns);
    Operand<TInt32> places = tf.expandDims(tf.range(zero, columns, one), one);
    return tf.gather(
        tf.reshape(ids, tf.constant(new int[] {-1})), tf.math.add(places, starts), zero);
  }
}
