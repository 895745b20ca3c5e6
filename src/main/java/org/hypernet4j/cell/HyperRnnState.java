// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of a HyperRNN.
 *
 * @param h output of the main RNN, {@code [batch, units]}
 * @param hyper the state of the small cell
 */
public record HyperRnnState<H>(Operand<TFloat32> h, H hyper) {}
