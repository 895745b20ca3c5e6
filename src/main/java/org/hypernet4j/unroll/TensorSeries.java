// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * A tensor for each step, {@code [batch, size]} each, in one of TensorFlow's lists: a loop can
 * write them one by one without copying the rest.
 *
 * @param list the list, as a tensor of the current graph
 * @param batch static size of the batch, -1 if it is unknown
 * @param size units
 */
record TensorSeries(Operand<? extends TType> list, long batch, int size) {

  /** An empty series with room for {@code length} tensors. */
  static TensorSeries reserve(
      Ops tf, Operand<TInt32> length, Operand<TInt32> dynamicBatch, long batch, int size) {
    return new TensorSeries(
        tf.tensorListReserve(shape(tf, dynamicBatch, batch, size), length, TFloat32.class),
        batch,
        size);
  }

  /**
   * The rows of a tensor, without a copy.
   *
   * @param tensor {@code [length, batch, size]}
   */
  static TensorSeries of(
      Ops tf, Operand<TFloat32> tensor, Operand<TInt32> dynamicBatch, long batch, int size) {
    return new TensorSeries(
        tf.tensorListFromTensor(tensor, shape(tf, dynamicBatch, batch, size)), batch, size);
  }

  /** The same series in another graph. */
  TensorSeries as(Operand<? extends TType> view) {
    return new TensorSeries(view, batch, size);
  }

  Operand<TFloat32> get(Ops tf, Operand<TInt32> at) {
    // an unknown size would work too; with a known one no later op must infer its shape
    Operand<TInt32> shape = tf.constant(new int[] {(int) batch, size});
    return tf.tensorListGetItem(list, at, shape, TFloat32.class);
  }

  Output<? extends TType> set(Ops tf, Operand<TInt32> at, Operand<TFloat32> value) {
    return tf.tensorListSetItem(list, at, value).asOutput();
  }

  /**
   * All tensors in one, {@code [length, batch, size]}.
   *
   * @param dynamicBatch size of the batch, in the current graph; needed for a list without elements
   */
  Operand<TFloat32> stack(Ops tf, Operand<TInt32> dynamicBatch) {
    return tf.tensorListStack(list, shape(tf, dynamicBatch, batch, size), TFloat32.class);
  }

  private static Operand<TInt32> shape(Ops tf, Operand<TInt32> dynamicBatch, long batch, int size) {
    return batch >= 0
        ? tf.constant(new int[] {(int) batch, size})
        : tf.stack(java.util.List.of(dynamicBatch, tf.constant(size)));
  }
}
