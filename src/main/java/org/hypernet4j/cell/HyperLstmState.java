// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of a HyperLSTM.
 *
 * @param main memory and output of the main LSTM, {@code [batch, units]} each
 * @param hyper the state of the small cell
 * @param <H> the small cell's state, usually {@link LstmState}
 */
public record HyperLstmState<H>(LstmState main, H hyper) {
  /** The main cell's output. */
  public Operand<TFloat32> h() {
    return main.h();
  }
}
