// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The states of a stack of cells.
 *
 * @param layers the parts of each cell's state, bottom layer first
 */
public record StackedState(List<List<Operand<TFloat32>>> layers) {
  /** Copies the list. */
  public StackedState {
    layers = List.copyOf(layers);
  }
}
