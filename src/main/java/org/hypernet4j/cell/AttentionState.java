// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of a cell that attends: {@code cell/...}, then {@code context}.
 *
 * @param cell that of the cell inside
 * @param context what the step before has read, {@code [batch, D]}; zeros before the first step
 */
public record AttentionState<S>(S cell, Operand<TFloat32> context) {
  static <S> StateLayout<AttentionState<S>> layout(StateLayout<S> cell, int size) {
    return StateLayout.pair(
        cell.below("cell"),
        StateLayout.part("context", size),
        AttentionState::new,
        AttentionState::cell,
        AttentionState::context);
  }
}
