// SPDX-License-Identifier: Apache-2.0
/**
 * The graph layer: parameters, their initial values, and gradients.
 *
 * <p>This package holds what every model needs of a TensorFlow graph: {@link
 * org.hypernet4j.graph.ParameterStore} is the only source of parameters, {@link
 * org.hypernet4j.graph.Gradients} the only way to differentiate. Layers, cells, optimizers and
 * training loops are in higher packages.
 */
@NullMarked
package org.hypernet4j.graph;

import org.jspecify.annotations.NullMarked;
