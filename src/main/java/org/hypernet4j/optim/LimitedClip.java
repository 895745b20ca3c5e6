// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A clip with a known upper limit for the entries of its result.
 *
 * @param largest upper limit of finite entries
 * @param clip the clip itself
 */
record LimitedClip(float largest, GradientClip clip) implements GradientClip {
  @Override
  public List<Operand<TFloat32>> apply(
      Ops tf, List<Operand<TFloat32>> gradients, Operand<TFloat32> globalNorm) {
    return clip.apply(tf, gradients, globalNorm);
  }
}
