// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.hypernet4j.graph.ParameterScope;

/**
 * Makes the small cell of a hypernetwork.
 *
 * @param <H> the small cell's state
 */
@FunctionalInterface
public interface SmallCell<H> {
  /**
   * Makes the cell and creates its parameters.
   *
   * @param scope for its parameters
   * @param inputSize size of [x; h], the input and the main cell's output together
   */
  RnnCell<H> make(ParameterScope scope, int inputSize);
}
