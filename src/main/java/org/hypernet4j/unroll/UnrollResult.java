// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The outputs and states of a static unroll.
 *
 * @param outputs the output of each step, {@code [batch, outputSize]}
 * @param states the state after each step
 * @param finalState the state after the last step; the initial state if there was none
 */
public record UnrollResult<S>(List<Operand<TFloat32>> outputs, List<S> states, S finalState) {
  /** Copies the lists. */
  public UnrollResult {
    outputs = List.copyOf(outputs);
    states = List.copyOf(states);
  }
}
