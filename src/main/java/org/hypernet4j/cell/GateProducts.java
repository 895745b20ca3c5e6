// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * {@code d^y = z^y D^y} for each gate y: many small products, computed in the fastest form. {@link
 * #gateByGate} is the formula; the others compute the same values.
 *
 * <p>Columns of z and of the results are blocks of gates, rows of D likewise: {@code z [batch,
 * gates * embedding]}, {@code D [gates * embedding, units]}, {@code d [batch, gates * units]}.
 */
record GateProducts(int gates, int embedding, int units) {

  /** The products in a loop, or for many rows. */
  Operand<TFloat32> each(Ops tf, CellValues values, Operand<TFloat32> z, Parameter d) {
    if (gates == 1) {
      return tf.linalg.matMul(z, values.of(d));
    }
    // One product with a matrix that is mostly zeros is faster than a product for each gate as long
    // as embeddings are small: both then only write their result.
    return embedding <= 16
        ? tf.linalg.matMul(z, values.of(blockDiagonal(d)))
        : gateByGate(tf, z, values.of(d));
  }

  private Operand<TFloat32> gateByGate(Ops tf, Operand<TFloat32> z, Operand<TFloat32> d) {
    List<Output<TFloat32>> zs = tf.split(tf.constant(1), z, (long) gates).output();
    List<Output<TFloat32>> ds = tf.split(tf.constant(0), d, (long) gates).output();
    List<Operand<TFloat32>> products = new ArrayList<>();
    for (int y = 0; y < gates; y++) {
      products.add(tf.linalg.matMul(zs.get(y), ds.get(y)));
    }
    return tf.concat(products, tf.constant(1));
  }

  /** The D^y along the diagonal of {@code [gates * embedding, gates * units]}. */
  private Weight blockDiagonal(Parameter d) {
    return Weight.madeOf(
        d,
        d.name() + " block diagonal",
        tf -> {
          float[] eye = new float[gates * gates];
          for (int gate = 0; gate < gates; gate++) {
            eye[gate * gates + gate] = 1f;
          }
          Operand<TFloat32> blocks =
              tf.math.mul(
                  tf.reshape(d.value(), tf.constant(new int[] {gates, embedding, 1, units})),
                  tf.reshape(tf.constant(eye), tf.constant(new int[] {gates, 1, gates, 1})));
          return tf.reshape(blocks, tf.constant(new int[] {gates * embedding, gates * units}));
        });
  }

  /**
   * The products for one step: those of several z, each with a D of its own, in one batched product
   * from the unchanged parameters.
   *
   * @param z the z side by side, {@code [batch, ds.size() * gates * embedding]}
   */
  List<Output<TFloat32>> ofOneStep(Ops tf, Operand<TFloat32> z, List<Parameter> ds) {
    int products = ds.size() * gates;
    Operand<TFloat32> d =
        tf.reshape(
            tf.concat(ds.stream().map(Parameter::value).toList(), tf.constant(0)),
            tf.constant(new int[] {products, embedding, units}));
    Operand<TInt32> swapped = tf.constant(new int[] {1, 0, 2});
    Operand<TFloat32> rows =
        tf.linalg.transpose(
            tf.reshape(z, tf.constant(new int[] {-1, products, embedding})), swapped);
    Operand<TFloat32> scaled =
        tf.reshape(
            tf.linalg.transpose(tf.train.batchMatMul(rows, d, TFloat32.class), swapped),
            tf.constant(new int[] {-1, products * units}));
    return tf.split(tf.constant(1), scaled, (long) ds.size()).output();
  }
}
