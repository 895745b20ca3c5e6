// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The result of one step.
 *
 * @param output {@code [batch, outputSize]}
 * @param state the next state
 */
public record CellStep<S>(Operand<TFloat32> output, S state) {}
