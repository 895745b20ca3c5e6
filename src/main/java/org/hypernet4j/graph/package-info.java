/**
 * The graph layer: parameters, their initial values, and gradients.
 *
 * <p>Here belongs what every model needs of a TensorFlow graph and no model in particular: {@link
 * org.hypernet4j.graph.ParameterStore} is the only source of parameters, {@link
 * org.hypernet4j.graph.Gradients} the only way to differentiate. Layers, cells, optimizers and
 * training loops live above and do not belong here.
 */
@NullMarked
package org.hypernet4j.graph;

import org.jspecify.annotations.NullMarked;
