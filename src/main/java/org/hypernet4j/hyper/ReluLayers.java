// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The hidden layers of a generator, {@code h_l = ReLU(h_(l-1) W_l + b_l)}.
 *
 * <p>Parameters {@code hidden<l>/W [n_(l-1), n_l]} and {@code hidden<l>/b [n_l]}. W begins normal
 * with the variance 2 / n_(l-1) (He et al. 2015) and b with zeros, which keeps the second moment:
 * that of h_l is that of h_0.
 */
final class ReluLayers {
  private final List<Parameter> w = new ArrayList<>();
  private final List<Parameter> b = new ArrayList<>();

  /**
   * Creates the parameters.
   *
   * @param inputs n_0
   * @param sizes n_1, n_2, ...
   */
  ReluLayers(ParameterScope scope, int inputs, List<Integer> sizes) {
    int from = inputs;
    for (int i = 0; i < sizes.size(); i++) {
      int to = sizes.get(i);
      ParameterScope layer = scope.child("hidden" + i);
      w.add(layer.parameter("W", Shape.of(from, to), Initializers.heNormal(), Role.GENERATOR));
      b.add(layer.parameter("b", Shape.of(to), Initializers.zeros(), Role.GENERATOR));
      from = to;
    }
  }

  static void requirePositive(String where, List<Integer> sizes) {
    if (sizes.stream().anyMatch(size -> size < 1)) {
      throw UserError.in(where).what("hidden sizes must be positive").received(sizes).build();
    }
  }

  /** The length of the last layer. */
  static int outputs(int inputs, List<Integer> sizes) {
    return sizes.isEmpty() ? inputs : sizes.get(sizes.size() - 1);
  }

  /** The sum over l of {@code (n_(l-1) + 1) n_l}. */
  static long parameterCount(int inputs, List<Integer> sizes) {
    long count = 0;
    long from = inputs;
    for (int to : sizes) {
      count += (from + 1) * to;
      from = to;
    }
    return count;
  }

  /** The longest layer; 0 without any. */
  long widest() {
    return b.stream().mapToLong(Parameter::size).max().orElse(0);
  }

  /** {@code [rows, n_0] -> [rows, n_last]}. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> h = x;
    for (int i = 0; i < w.size(); i++) {
      h = tf.nn.relu(tf.nn.biasAdd(tf.linalg.matMul(h, w.get(i).value()), b.get(i).value()));
    }
    return h;
  }
}
