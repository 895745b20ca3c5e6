// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.List;
import org.hypernet4j.graph.Gradients;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/**
 * The derivative of a part of the graph that cannot be differentiated op by op, such as a loop.
 *
 * <p>The part's results leave it through StopGradient ops, so that TensorFlow's own gradients end
 * there; {@link Gradients} continues with {@link #backward} from the results to the inputs.
 */
public interface BackwardRule {
  /** The inputs of the part that derivatives continue to. */
  List<? extends Operand<TFloat32>> inputs();

  /** The results of the part: outputs of StopGradient ops. */
  List<? extends Operand<TFloat32>> results();

  /**
   * Builds the derivative. Called once for every gradient that goes through this part.
   *
   * @param byResults the derivative by each result, of its shape, or null where nothing depends on
   *     it; at least one is not null
   * @return the derivative by each input, of its shape, or null for zero
   */
  List<@Nullable Operand<TFloat32>> backward(List<@Nullable Output<TFloat32>> byResults);
}
