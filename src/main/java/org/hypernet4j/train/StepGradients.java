// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.ParameterOptimizer;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * How the gradients of a step come from the losses of a task. The usual way is the gradient of one
 * loss by every parameter. With another, a task has several losses, or a step has several phases: a
 * second gradient at the parameters that the first would lead to, for example.
 *
 * <pre>{@code
 * StepGradients lookAhead =
 *     (store, optimizer) -> {
 *       Map<Parameter, Operand<TFloat32>> first = optimizer.gradients(loss);
 *       Map<Parameter, Operand<TFloat32>> change = optimizer.change(first);
 *       ... // ahead: the parameters plus the change
 *       Operand<TFloat32> drift = store.withValues(ahead, () -> drift(tf));
 *       return sums(first, optimizer.gradients(drift));
 *     };
 * }</pre>
 *
 * <p>All phases belong to one step: they see the parameters as they are before it, and the
 * optimizer changes them once. So checkpoints, several steps a call and resuming need nothing of
 * their own.
 */
@FunctionalInterface
public interface StepGradients {
  /**
   * Adds the gradients to the graph of the step.
   *
   * @param store the parameters
   * @param optimizer the one that will apply the result, for {@link ParameterOptimizer#gradients}
   *     and {@link ParameterOptimizer#change}
   * @return one gradient, of its shape and not clipped, for each trainable parameter
   */
  Map<Parameter, Operand<TFloat32>> gradients(ParameterStore store, ParameterOptimizer optimizer);

  /**
   * Whether the gradients of a batch are the means of those of its shares, so that replicas may
   * compute one share each. They are where each is the gradient of losses that are means over the
   * examples; they are not where one phase uses what another has computed.
   */
  default boolean averagesOverShares() {
    return false;
  }

  /** The gradient of one loss by every trainable parameter. */
  static StepGradients of(Operand<TFloat32> loss) {
    return new LossGradients(List.of(), loss);
  }

  /**
   * Several losses, each of which trains parameters of its own.
   *
   * @param parts together they have every trainable parameter once
   */
  static StepGradients separate(List<Part> parts) {
    return new LossGradients(parts, null);
  }

  /**
   * A loss and what it trains.
   *
   * @param loss a scalar that depends on each of the parameters
   * @param parameters at least one; those that are frozen are left alone
   */
  record Part(Operand<TFloat32> loss, List<Parameter> parameters) {
    /** Copies the list. */
    public Part {
      parameters = List.copyOf(parameters);
    }
  }
}
