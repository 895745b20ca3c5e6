// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyMomentum;
import org.tensorflow.types.TFloat32;

/**
 * Gradient descent with heavy-ball or Nesterov momentum.
 *
 * <pre>
 * a  = momentum a + g
 * w -= rate a                    heavy ball
 * w -= rate (g + momentum a)     Nesterov
 * </pre>
 *
 * <p>The learning rate is outside the accumulator, as in TensorFlow 1 and PyTorch: a new rate
 * scales old gradients too. Keras has it inside, which differs in the steps after a change of rate.
 * The slot is {@code momentum}.
 */
public final class Momentum extends ParameterOptimizer {
  private final float momentum;
  private final boolean nesterov;

  /**
   * See {@link ParameterOptimizer} for the other arguments.
   *
   * @param momentum in {@code [0, 1)}, 0.9 as a rule
   * @param nesterov whether the step looks ahead
   * @throws UserError if momentum is out of range
   */
  public Momentum(
      ParameterStore store,
      Operand<TFloat32> learningRate,
      GradientClip clip,
      float momentum,
      boolean nesterov) {
    super("momentum", store, learningRate, clip);
    this.momentum = requireFraction("momentum", momentum);
    this.nesterov = nesterov;
  }

  @Override
  protected Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    return tf.train.resourceApplyMomentum(
        parameter.handle(),
        slot(parameter, "momentum").handle(),
        learningRate(),
        gradient,
        scope().tf().constant(momentum),
        ResourceApplyMomentum.useLocking(true).useNesterov(nesterov));
  }

  @Override
  protected Operand<TFloat32> change(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    Operand<TFloat32> kept = tf.constant(momentum);
    Operand<TFloat32> next =
        tf.math.add(tf.math.mul(slot(parameter, "momentum").value(), kept), gradient);
    Operand<TFloat32> step = nesterov ? tf.math.add(gradient, tf.math.mul(next, kept)) : next;
    return tf.math.neg(tf.math.mul(learningRate(), step));
  }
}
