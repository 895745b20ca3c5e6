// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.graph.internal.CustomGradient;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A sigmoid or tanh, whose derivatives need the value only, {@code y (1 - y)} and {@code 1 - y^2}.
 *
 * @param x {@code [batch, units]}
 */
record Activation(Kind kind, Operand<TFloat32> x) implements CustomGradient {
  /** The function. */
  enum Kind {
    SIGMOID,
    TANH
  }

  @Override
  public List<Operand<TFloat32>> inputs() {
    return List.of(x);
  }

  @Override
  public List<Operand<TFloat32>> forward(Ops tf) {
    return List.of(kind == Kind.SIGMOID ? tf.math.sigmoid(x) : tf.math.tanh(x));
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
    // one pass over memory each; TensorFlow Java has no method for them
    String type = kind == Kind.SIGMOID ? "SigmoidGrad" : "TanhGrad";
    return Arrays.asList(
        tf.scope()
            .opBuilder(type, type)
            .addInput(results.get(0).asOutput())
            .addInput(byValue.asOutput())
            .build()
            .<TFloat32>output(0));
  }

  @Override
  public boolean worthKeeping() {
    return true;
  }
}
