// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyAdam;
import org.tensorflow.types.TFloat32;

/**
 * Adam (Kingma and Ba, 2015) in the form before section 2.1 of that paper.
 *
 * <pre>
 * m  = beta1 m + (1 - beta1) g
 * v  = beta2 v + (1 - beta2) g^2
 * w -= rate sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)      t = 1, 2, ..
 * </pre>
 *
 * <p>Epsilon is the "epsilon hat" of that paper, as everywhere in TensorFlow; PyTorch divides by
 * {@code sqrt(v / (1 - beta2^t)) + epsilon} instead. The slots are {@code m} and {@code v} of each
 * parameter and the scalars {@code optimizer/adam/beta1_power} and {@code beta2_power}, which hold
 * beta^t for the next step, so that a resumed run continues where it stopped.
 */
public final class Adam extends ParameterOptimizer {
  private final float beta1;
  private final float beta2;
  private final float epsilon;

  /** With the usual settings: beta1 0.9, beta2 0.999, epsilon 1e-8. */
  public Adam(ParameterStore store, Operand<TFloat32> learningRate, GradientClip clip) {
    this(store, learningRate, clip, 0.9f, 0.999f, 1e-8f);
  }

  /**
   * See {@link ParameterOptimizer} for the other arguments.
   *
   * @param beta1 in {@code [0, 1)}
   * @param beta2 in {@code [0, 1)}
   * @param epsilon positive
   * @throws UserError if one of them is out of range
   */
  public Adam(
      ParameterStore store,
      Operand<TFloat32> learningRate,
      GradientClip clip,
      float beta1,
      float beta2,
      float epsilon) {
    super("adam", store, learningRate, clip);
    this.beta1 = requireFraction("beta1", beta1);
    this.beta2 = requireFraction("beta2", beta2);
    this.epsilon = requirePositive("epsilon", epsilon);
  }

  private Parameter beta1Power() {
    return scalarSlot("beta1_power", beta1);
  }

  private Parameter beta2Power() {
    return scalarSlot("beta2_power", beta2);
  }

  @Override
  protected boolean squaresGradients() {
    return true;
  }

  @Override
  protected Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    Ops constants = scope().tf();
    return tf.train.resourceApplyAdam(
        parameter.handle(),
        slot(parameter, "m").handle(),
        slot(parameter, "v").handle(),
        beta1Power().value(),
        beta2Power().value(),
        learningRate(),
        constants.constant(beta1),
        constants.constant(beta2),
        constants.constant(epsilon),
        gradient,
        ResourceApplyAdam.useLocking(true));
  }

  @Override
  protected Operand<TFloat32> change(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> m = slot(parameter, "m").value();
    Operand<TFloat32> v = slot(parameter, "v").value();
    Operand<TFloat32> nextM =
        tf.math.add(m, tf.math.mul(tf.math.sub(gradient, m), tf.constant(1 - beta1)));
    Operand<TFloat32> nextV =
        tf.math.add(
            v, tf.math.mul(tf.math.sub(tf.math.square(gradient), v), tf.constant(1 - beta2)));
    Operand<TFloat32> rate =
        tf.math.div(
            tf.math.mul(learningRate(), tf.math.sqrt(tf.math.sub(one, beta2Power().value()))),
            tf.math.sub(one, beta1Power().value()));
    return tf.math.neg(
        tf.math.div(
            tf.math.mul(nextM, rate), tf.math.add(tf.math.sqrt(nextV), tf.constant(epsilon))));
  }

  /** Advances the powers of beta by one step, after the last parameter has used them. */
  @Override
  protected Op finish(List<Op> updates) {
    Ops after = scope().tf().withControlDependencies(updates);
    List<Op> all = new ArrayList<>(updates);
    all.add(multiply(after, beta1Power(), beta1));
    all.add(multiply(after, beta2Power(), beta2));
    return super.finish(all);
  }

  private Op multiply(Ops after, Parameter power, float beta) {
    Ops tf = scope().tf();
    return after.assignVariableOp(power.handle(), tf.math.mul(power.value(), tf.constant(beta)));
  }
}
