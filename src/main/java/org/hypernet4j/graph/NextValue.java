// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The value that a training step assigns to a parameter that no optimizer changes: a moving
 * average, or a state that is carried from batch to batch.
 *
 * @param parameter the parameter that changes
 * @param value of the parameter's shape; computed before anything changes
 */
public record NextValue(Parameter parameter, Operand<TFloat32> value) {}
