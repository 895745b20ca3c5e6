// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.junit.jupiter.api.Test;

/**
 * The HyperRNN in both forms, and the basic RNN in it, against {@link PlainCells}; gradients
 * against finite differences of that calculation. No public code has a HyperRNN.
 */
class HyperRnnTest {
  private static final int INPUT = 2;
  private static final int UNITS = 3;
  private static final int HYPER_UNITS = 4;
  private static final int EMBEDDING = 2;

  @Test
  void scalingForm() {
    PlainCheck.check(
        scope ->
            new HyperRnnCell<>(
                scope,
                INPUT,
                UNITS,
                EMBEDDING,
                (inner, size) -> new BasicRnnCell(inner, size, HYPER_UNITS)),
        (cells, x, state) -> cells.hyperScaling(x, state[0], state[1]),
        0);
  }

  @Test
  void fullForm() {
    PlainCheck.check(
        scope ->
            new HyperRnnFullCell<>(
                scope,
                INPUT,
                UNITS,
                EMBEDDING,
                (inner, size) -> new BasicRnnCell(inner, size, HYPER_UNITS)),
        (cells, x, state) -> cells.hyperFull(x, state[0], state[1]),
        0);
  }
}
