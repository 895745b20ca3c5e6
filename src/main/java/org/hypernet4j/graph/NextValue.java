package org.hypernet4j.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a parameter that no optimizer changes is to become by a training step: a moving average, a
 * state that is carried from batch to batch.
 *
 * @param parameter what changes
 * @param value of the parameter's shape; computed before anything changes
 */
public record NextValue(Parameter parameter, Operand<TFloat32> value) {}
