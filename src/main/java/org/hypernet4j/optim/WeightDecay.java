// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.SameGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The L2 penalty that is added to a loss.
 *
 * <p>It takes tensors, not parameters, because the paper (section 4.2) applies it to generated
 * kernels as well, which are not parameters.
 */
public final class WeightDecay {
  private WeightDecay() {}

  /**
   * {@code lambda / 2} times the sum of the squares of all entries, as {@code tf.nn.l2_loss}
   * defines it: the gradient is {@code lambda w}. A recipe written as {@code c sum(w^2)} has {@code
   * lambda = 2 c}.
   *
   * @param weights regularised parameters and generated kernels, any shapes, at least one
   * @param lambda not negative
   * @return a scalar
   * @throws UserError if there is nothing to regularise, or lambda is negative or not finite
   */
  public static Operand<TFloat32> loss(Ops tf, List<Operand<TFloat32>> weights, float lambda) {
    if (!(lambda >= 0) || Float.isInfinite(lambda)) {
      throw UserError.in("weight decay")
          .what("lambda cannot be used")
          .expected("a number that is not negative")
          .received(lambda)
          .build();
    }
    if (weights.isEmpty()) {
      throw UserError.in("weight decay")
          .what("there is nothing to regularise")
          .expected("at least one regularised parameter or generated kernel")
          .received("none")
          .next("leave weight decay out for this model")
          .build();
    }
    SameGraph.require("weight decay", tf.scope().env(), "a weight", weights);
    List<Operand<TFloat32>> halves = new ArrayList<>();
    weights.forEach(weight -> halves.add(tf.nn.l2Loss(weight)));
    return tf.math.mul(tf.math.addN(halves), tf.constant(lambda));
  }
}
