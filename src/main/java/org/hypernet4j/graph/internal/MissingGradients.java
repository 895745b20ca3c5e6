// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** The formulas of the gradients in {@link GradientRegistry}. */
final class MissingGradients {
  private MissingGradients() {}

  /**
   * Loss of row b: {@code -log softmax(logits)[b, label[b]]}. The op's second output is already
   * {@code softmax - onehot}, so the gradient is that, scaled by each row's incoming gradient.
   */
  static List<Operand<?>> sparseSoftmaxCrossEntropy(
      Ops tf, GraphOperation op, List<Output<?>> gradients) {
    Operand<TFloat32> loss = floats(gradients.get(0));
    Operand<TFloat32> backprop = floats(op.output(1));
    Operand<TFloat32> logits = tf.math.mul(tf.expandDims(loss, tf.constant(-1)), backprop);
    return List.of(logits, tf.zerosLike(op.input(1)));
  }

  /**
   * {@code y = table[indices]}: rows that were read twice get both gradients. The result is dense,
   * {@code [rows, ...]}, which suits tables of embeddings that are small compared with the batch.
   */
  static List<Operand<?>> resourceGather(Ops tf, GraphOperation op, List<Output<?>> gradients) {
    Operand<TFloat32> dy = floats(gradients.get(0));
    @SuppressWarnings("unchecked")
    Output<? extends TNumber> indices = (Output<? extends TNumber>) op.input(1);
    Operand<TInt64> rows = tf.dtypes.cast(indices, TInt64.class);
    Operand<TInt64> flatRows = tf.reshape(rows, tf.constant(new long[] {-1}));
    Operand<TInt32> tableShape = tf.variableShape(asAny(op.input(0)), TInt32.class);
    Operand<TInt32> rowShape =
        tf.slice(tableShape, tf.constant(new int[] {1}), tf.constant(new int[] {-1}));
    Operand<TInt32> flatShape =
        tf.concat(List.of(tf.constant(new int[] {-1}), rowShape), tf.constant(0));
    Operand<TInt32> count =
        tf.squeeze(tf.slice(tableShape, tf.constant(new int[] {0}), tf.constant(new int[] {1})));
    Operand<TFloat32> table =
        tf.math.unsortedSegmentSum(tf.reshape(dy, flatShape), flatRows, count);
    return List.of(table, tf.zerosLike(op.input(1)));
  }

  /** Passes every gradient through. */
  static List<Operand<?>> identityN(Ops tf, GraphOperation op, List<Output<?>> gradients) {
    return new ArrayList<>(gradients);
  }

  /** For ops that are constant wherever they can be differentiated. */
  static List<Operand<?>> zeros(Ops tf, GraphOperation op) {
    List<Operand<?>> zeros = new ArrayList<>();
    for (int i = 0; i < op.numInputs(); i++) {
      // Not op.inputs(), which looks up ops by name and would never return: the graph is locked
      // here.
      zeros.add(tf.zerosLike(op.input(i)));
    }
    return zeros;
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Output<?> output) {
    return (Operand<TFloat32>) output;
  }

  @SuppressWarnings("unchecked")
  private static Operand<? extends org.tensorflow.types.family.TType> asAny(Output<?> output) {
    return (Operand<? extends org.tensorflow.types.family.TType>) output;
  }
}
