// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Transforms gradients before they reach an optimizer.
 *
 * <p>No clip hides a gradient that is not a number: a divergence guard that looks at the loss, the
 * parameters or {@link TrainOp#globalNorm()} sees it at the step where it happens.
 */
@FunctionalInterface
public interface GradientClip {
  /**
   * Builds the clipped gradients.
   *
   * @param tf ops in the optimizer's scope
   * @param gradients at least one, any shapes
   * @param globalNorm their global norm, a scalar
   * @return as many tensors, of the same shapes and in the same order
   */
  List<Operand<TFloat32>> apply(
      Ops tf, List<Operand<TFloat32>> gradients, Operand<TFloat32> globalNorm);

  /** The largest possible entry of clipped finite gradients; infinite if there is no limit. */
  default float largest() {
    return Float.POSITIVE_INFINITY;
  }

  /** Leaves gradients unchanged. */
  static GradientClip none() {
    return (tf, gradients, globalNorm) -> gradients;
  }

  /**
   * Scales all gradients by one factor if their global norm exceeds {@code max}, so that it becomes
   * {@code max}; smaller gradients stay equal to the last bit. The norm is right even for entries
   * whose squares overflow or underflow in float32, 1e20 or 1e-25. A norm that is NaN or overflows
   * float32 makes every gradient NaN: no factor would repair it, and zeros would go unnoticed.
   *
   * @param max positive and finite
   */
  static GradientClip globalNorm(float max) {
    requirePositive("clipping by global norm", max);
    return new LimitedClip(
        max,
        (tf, gradients, globalNorm) -> {
          Operand<TFloat32> limit = tf.constant(max);
          Operand<TFloat32> scale =
              tf.select(
                  tf.math.isFinite(globalNorm),
                  tf.math.div(limit, tf.math.maximum(globalNorm, limit)),
                  tf.constant(Float.NaN));
          return gradients.stream()
              .<Operand<TFloat32>>map(gradient -> tf.math.mul(gradient, scale))
              .toList();
        });
  }

  /**
   * Limits every entry to {@code [-max, max]}; an infinity becomes the limit of its sign, NaN stays
   * NaN.
   *
   * @param max positive and finite
   */
  static GradientClip value(float max) {
    requirePositive("clipping by value", max);
    return new LimitedClip(
        max,
        (tf, gradients, globalNorm) -> {
          Operand<TFloat32> low = tf.constant(-max);
          Operand<TFloat32> high = tf.constant(max);
          return gradients.stream()
              .<Operand<TFloat32>>map(gradient -> tf.clipByValue(gradient, low, high))
              .toList();
        });
  }

  private static void requirePositive(String where, float max) {
    if (!(max > 0) || Float.isInfinite(max)) {
      throw UserError.in(where)
          .what("the limit cannot be used")
          .expected("a positive number")
          .received(max)
          .next("leave clipping out to have none")
          .build();
    }
  }
}
