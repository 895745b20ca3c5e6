// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Tensors by name, fetched in one run: TensorFlow optimises the graph anew for every set. */
public record Fetched(Map<String, float[]> values) {
  /** Runs the session once. */
  public static Fetched of(Session session, Map<String, Operand<TFloat32>> operands) {
    Session.Runner runner = session.runner();
    operands.values().forEach(runner::fetch);
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      int i = 0;
      for (String name : operands.keySet()) {
        TFloat32 tensor = (TFloat32) result.get(i++);
        float[] flat = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(flat);
        values.put(name, flat);
      }
    }
    return new Fetched(values);
  }

  /** The tensor that was fetched by this name, row-major. */
  public float[] get(String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  /** A constant in a graph, in the shape that the array has. */
  public static Operand<TFloat32> constant(Ops tf, GoldenFiles arrays, String key) {
    return tf.constant(
        Shape.of(arrays.shape(key)), DataBuffers.of(arrays.floats(key), true, false));
  }

  /** The sum of all entries of {@code values * weights}, a scalar. */
  public static Operand<TFloat32> weightedSum(
      Ops tf, Operand<TFloat32> values, Operand<TFloat32> weights) {
    return tf.reduceSum(
        tf.reshape(tf.math.mul(values, weights), tf.constant(new int[] {-1})), tf.constant(0));
  }
}
