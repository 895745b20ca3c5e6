// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyAdam;
import org.tensorflow.types.TBool;
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
 *
 * <p>With restarts it forgets its past every so many steps: m, v and t are then as at the
 * beginning, as if a new Adam had been created, while parameters and learning rate go on. That is
 * how tasks that are learnt one after another each get an Adam of their own. The scalar {@code
 * optimizer/adam/steps_since_restart} counts the steps.
 */
public final class Adam extends ParameterOptimizer {
  /** Largest distance between restarts: the steps are counted in float32. */
  public static final int MOST_STEPS = 1 << 24;

  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final int restartEvery;
  private final Set<Parameter> moments = new LinkedHashSet<>();

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
    this(store, learningRate, clip, beta1, beta2, epsilon, 0);
  }

  /**
   * With restarts. See {@link ParameterOptimizer} for the other arguments.
   *
   * @param beta1 in {@code [0, 1)}
   * @param beta2 in {@code [0, 1)}
   * @param epsilon positive
   * @param restartEvery steps from one restart to the next, at most {@link #MOST_STEPS}; 0 for none
   * @throws UserError if one of them is out of range
   */
  public Adam(
      ParameterStore store,
      Operand<TFloat32> learningRate,
      GradientClip clip,
      float beta1,
      float beta2,
      float epsilon,
      int restartEvery) {
    super("adam", store, learningRate, clip);
    this.beta1 = requireFraction("beta1", beta1);
    this.beta2 = requireFraction("beta2", beta2);
    this.epsilon = requirePositive("epsilon", epsilon);
    if (restartEvery < 0 || restartEvery > MOST_STEPS) {
      throw UserError.in("optimizer adam")
          .what("restartEvery cannot be used")
          .expected("0 for no restart, or 1 to " + MOST_STEPS + " steps")
          .received(restartEvery)
          .build();
    }
    this.restartEvery = restartEvery;
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
    Parameter m = slot(parameter, "m");
    Parameter v = slot(parameter, "v");
    moments.add(m);
    moments.add(v);
    return tf.train.resourceApplyAdam(
        parameter.handle(),
        m.handle(),
        v.handle(),
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
    if (restartEvery == 0) {
      all.add(multiply(after, beta1Power(), beta1));
      all.add(multiply(after, beta2Power(), beta2));
    } else {
      addRestart(after, all);
    }
    return super.finish(all);
  }

  private Op multiply(Ops after, Parameter power, float beta) {
    return after.assignVariableOp(power.handle(), product(power, beta));
  }

  private Operand<TFloat32> product(Parameter power, float beta) {
    Ops tf = scope().tf();
    return tf.math.mul(power.value(), tf.constant(beta));
  }

  private Op restart(Ops after, Operand<TBool> over, Parameter power, float beta) {
    Ops tf = scope().tf();
    return after.assignVariableOp(
        power.handle(), tf.select(over, tf.constant(beta), product(power, beta)));
  }

  /** After the last step before a restart all state gets its first value, else its next one. */
  private void addRestart(Ops after, List<Op> all) {
    Ops tf = scope().tf();
    Parameter since = scalarSlot("steps_since_restart", 0f);
    Operand<TFloat32> done = tf.math.add(since.value(), tf.constant(1f));
    Operand<TBool> over = tf.math.greaterEqual(done, tf.constant((float) restartEvery));
    Operand<TFloat32> zero = tf.constant(0f);
    all.add(after.assignVariableOp(since.handle(), tf.select(over, zero, done)));
    all.add(restart(after, over, beta1Power(), beta1));
    all.add(restart(after, over, beta2Power(), beta2));
    for (Parameter moment : moments) {
      Operand<TFloat32> updated = after.readVariableOp(moment.handle(), TFloat32.class);
      all.add(
          after.assignVariableOp(
              moment.handle(), tf.select(over, zero, tf.ensureShape(updated, moment.shape()))));
    }
    moments.clear(); // those of the next update, if there is one, are its own
  }
}
