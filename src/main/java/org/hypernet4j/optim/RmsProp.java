// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyRmsProp;
import org.tensorflow.types.TFloat32;

/**
 * RMSProp, not centred.
 *
 * <pre>
 * s  = decay s + (1 - decay) g^2
 * a  = momentum a + rate g / sqrt(s + epsilon)
 * w -= a
 * </pre>
 *
 * <p>Epsilon is inside the root, as in TensorFlow; PyTorch adds it outside. The mean square starts
 * at zero, as in Keras and PyTorch; TensorFlow 1 and the Java framework start at one. The slots are
 * {@code rms} and {@code momentum}.
 */
public final class RmsProp extends ParameterOptimizer {
  /**
   * Default epsilon, here and in specifications: that of Keras, where the mean square starts at
   * zero too. TensorFlow 1 and the Java framework use 1e-10.
   */
  public static final float DEFAULT_EPSILON = 1e-7f;

  private final float decay;
  private final float momentum;
  private final float epsilon;

  /** With the usual settings: decay 0.9, no momentum, epsilon 1e-7. */
  public RmsProp(ParameterStore store, Operand<TFloat32> learningRate, GradientClip clip) {
    this(store, learningRate, clip, 0.9f, 0f, DEFAULT_EPSILON);
  }

  /**
   * See {@link ParameterOptimizer} for the other arguments.
   *
   * @param decay in {@code [0, 1)}
   * @param momentum in {@code [0, 1)}
   * @param epsilon positive
   * @throws UserError if one of them is out of range
   */
  public RmsProp(
      ParameterStore store,
      Operand<TFloat32> learningRate,
      GradientClip clip,
      float decay,
      float momentum,
      float epsilon) {
    super("rmsprop", store, learningRate, clip);
    this.decay = requireFraction("decay", decay);
    this.momentum = requireFraction("momentum", momentum);
    this.epsilon = requirePositive("epsilon", epsilon);
  }

  @Override
  protected boolean squaresGradients() {
    return true;
  }

  @Override
  protected Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    Ops constants = scope().tf();
    return tf.train.resourceApplyRmsProp(
        parameter.handle(),
        slot(parameter, "rms").handle(),
        slot(parameter, "momentum").handle(),
        learningRate(),
        constants.constant(decay),
        constants.constant(momentum),
        constants.constant(epsilon),
        gradient,
        ResourceApplyRmsProp.useLocking(true));
  }

  @Override
  protected Operand<TFloat32> change(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    Operand<TFloat32> s = slot(parameter, "rms").value();
    Operand<TFloat32> nextS =
        tf.math.add(
            s, tf.math.mul(tf.math.sub(tf.math.square(gradient), s), tf.constant(1 - decay)));
    Operand<TFloat32> step =
        tf.math.div(
            tf.math.mul(learningRate(), gradient),
            tf.math.sqrt(tf.math.add(nextS, tf.constant(epsilon))));
    return tf.math.neg(
        tf.math.add(tf.math.mul(slot(parameter, "momentum").value(), tf.constant(momentum)), step));
  }
}
