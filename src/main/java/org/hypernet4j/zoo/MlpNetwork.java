// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Dense layers with ReLUs between them. Weights: {@code dense0/kernel [inputs, n_1]}, {@code
 * dense0/bias}, {@code dense1/...}, .., the last of which makes the outputs.
 *
 * @param inputs numbers of an example
 * @param hiddenSizes n_1 .. n_L
 * @param outputs numbers that are computed
 */
public record MlpNetwork(int inputs, List<Integer> hiddenSizes, int outputs)
    implements TargetNetwork {
  private static final String LAYER = "dense";

  /** Checks the sizes. */
  public MlpNetwork {
    hiddenSizes = List.copyOf(hiddenSizes);
    if (inputs < 1 || outputs < 1 || hiddenSizes.stream().anyMatch(size -> size < 1)) {
      throw UserError.in("dense network")
          .what("sizes must be positive")
          .received("inputs " + inputs + ", hidden " + hiddenSizes + ", outputs " + outputs)
          .build();
    }
  }

  @Override
  public WeightTable weights() {
    WeightTable table = WeightTable.empty();
    int from = inputs;
    for (int i = 0; i < hiddenSizes.size(); i++) {
      table = table.dense(LAYER + i, from, hiddenSizes.get(i));
      from = hiddenSizes.get(i);
    }
    return table.dense(LAYER + hiddenSizes.size(), from, outputs);
  }

  /**
   * {@inheritDoc}
   *
   * @param x {@code [batch, inputs]} or {@code [rows, batch, inputs]}
   * @return {@code [batch, outputs]} or {@code [rows, batch, outputs]}, without a ReLU
   */
  @Override
  public Operand<TFloat32> apply(Ops tf, Weights weights, Operand<TFloat32> x) {
    if (x.shape().numDimensions() == 2) {
      Shapes.require("dense network", "x", x, -1, inputs);
    }
    Operand<TFloat32> h = x;
    for (int i = 0; i < hiddenSizes.size(); i++) {
      h = tf.nn.relu(weights.dense(tf, LAYER + i, h));
    }
    return weights.dense(tf, LAYER + hiddenSizes.size(), h);
  }
}
