// SPDX-License-Identifier: Apache-2.0
/**
 * Recurrent cells: one step of a recurrent network as a pure function of input and state.
 *
 * <p>A cell makes its parameters and computes one step. It does not depend on time: unrolling,
 * masking by length and carrying state between batches belong to {@code unroll}. Gate order in
 * packed tensors is i, g, f, o (input, candidate, forget, output) in every LSTM, z, r, g (update,
 * reset, candidate) in every GRU.
 */
@NullMarked
package org.hypernet4j.cell;

import org.jspecify.annotations.NullMarked;
