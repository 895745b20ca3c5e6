// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of an LSTM.
 *
 * @param c memory, {@code [batch, units]}; never normalised
 * @param h output, {@code [batch, units]}
 */
public record LstmState(Operand<TFloat32> c, Operand<TFloat32> h) {
  static StateLayout<LstmState> layout(int units) {
    return StateLayout.pair(
        StateLayout.part("c", units),
        StateLayout.part("h", units),
        LstmState::new,
        LstmState::c,
        LstmState::h);
  }
}
