// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The outputs and the final state of a scan.
 *
 * @param outputs the output of each step, {@code [time, batch, outputSize]}
 * @param finalState the state after the last step; the initial state if there was none
 */
public record ScanResult<S>(Operand<TFloat32> outputs, S finalState) {}
