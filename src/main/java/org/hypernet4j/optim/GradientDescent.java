// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyGradientDescent;
import org.tensorflow.types.TFloat32;

/** Plain gradient descent, {@code w -= rate g}. It has no slots. */
public final class GradientDescent extends ParameterOptimizer {
  /** See {@link ParameterOptimizer} for the arguments. */
  public GradientDescent(ParameterStore store, Operand<TFloat32> learningRate, GradientClip clip) {
    super("gradient_descent", store, learningRate, clip);
  }

  @Override
  protected Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    return tf.train.resourceApplyGradientDescent(
        parameter.handle(),
        learningRate(),
        gradient,
        ResourceApplyGradientDescent.useLocking(true));
  }

  @Override
  protected Operand<TFloat32> change(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    return tf.math.neg(tf.math.mul(learningRate(), gradient));
  }
}
