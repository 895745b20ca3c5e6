// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.Map;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * One training step: a target for {@code Session.Runner.addTarget}, with tensors to fetch.
 *
 * @param update the op that changes all parameters once; all its inputs, the loss included, are
 *     read before the first change
 * @param gradients the gradient of each parameter, of its shape, before clipping
 * @param globalNorm a scalar: the square root of the sum of squares over all gradients, before
 *     clipping; NaN or infinite if a gradient is, and infinite for an optimizer that needs squares
 *     of gradients that overflow float32
 */
public record TrainOp(
    Op update, Map<Parameter, Operand<TFloat32>> gradients, Operand<TFloat32> globalNorm)
    implements Op {
  @Override
  public Operation op() {
    return update.op();
  }
}
