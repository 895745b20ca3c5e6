// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SameGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * What reaches the update of an optimizer.
 *
 * @param gradients after the clip
 * @param norm of the gradients before the clip, as the step reports it
 * @param rate the learning rate, or NaN where squares of gradients overflow
 */
record ClippedGradients(
    Map<Parameter, Operand<TFloat32>> gradients, Operand<TFloat32> norm, Operand<TFloat32> rate) {
  /** The root of float32's largest number is 1.8e19. */
  private static final float LARGEST_SQUARED = 1e19f;

  /**
   * Builds them.
   *
   * @param tf ops in the optimizer's scope
   * @param where the optimizer, for errors
   * @param squares whether the optimizer squares gradients, see {@link
   *     ParameterOptimizer#squaresGradients}
   */
  static ClippedGradients of(
      Ops tf,
      String where,
      Map<Parameter, Operand<TFloat32>> gradients,
      GradientClip clip,
      Operand<TFloat32> learningRate,
      boolean squares) {
    List<Operand<TFloat32>> raw = List.copyOf(gradients.values());
    GlobalNorm found = GlobalNorm.of(tf, raw);
    List<Operand<TFloat32>> clipped = clip.apply(tf, raw, found.value());
    if (clipped.size() != raw.size()) {
      throw UserError.in(where)
          .what("the clip returned another number of gradients")
          .expected(raw.size())
          .received(clipped.size())
          .build();
    }
    Map<Parameter, Operand<TFloat32>> byParameter = new LinkedHashMap<>();
    int next = 0;
    for (Parameter parameter : gradients.keySet()) {
      Operand<TFloat32> one = clipped.get(next++);
      SameGraph.require(parameter.name(), tf.scope().env(), "the clipped gradient", one);
      Shapes.require(parameter.name(), "the clipped gradient", one, parameter.shape().asArray());
      byParameter.put(parameter, one);
    }
    if (squares && clip.largest() > LARGEST_SQUARED) {
      Operand<TBool> fits = tf.math.isFinite(found.inFloat());
      return new ClippedGradients(
          byParameter,
          tf.select(fits, found.value(), found.inFloat()),
          tf.select(fits, learningRate, tf.constant(Float.NaN)));
    }
    return new ClippedGradients(byParameter, found.value(), learningRate);
  }
}
