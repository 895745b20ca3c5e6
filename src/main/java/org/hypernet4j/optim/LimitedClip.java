package org.hypernet4j.optim;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A clip that says how large an entry can be behind it.
 *
 * @param largest no finite entry is larger
 * @param clip what is done
 */
record LimitedClip(float largest, GradientClip clip) implements GradientClip {
  @Override
  public List<Operand<TFloat32>> apply(
      Ops tf, List<Operand<TFloat32>> gradients, Operand<TFloat32> globalNorm) {
    return clip.apply(tf, gradients, globalNorm);
  }
}
