// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of a basic RNN: its output.
 *
 * @param h {@code [batch, units]}
 */
public record RnnState(Operand<TFloat32> h) {
  static StateLayout<RnnState> layout(int units) {
    return StateLayout.part("h", units).as(RnnState::new, RnnState::h);
  }
}
