// SPDX-License-Identifier: Apache-2.0
/**
 * Optimizers over explicit parameters, gradient clipping, weight decay, learning-rate schedules.
 *
 * <p>This package turns gradients into new parameter values inside the graph, and holds the plain
 * Java functions of the step that are fed to it. The training loop, and the records of a
 * specification that name an optimizer, are in higher packages.
 */
@NullMarked
package org.hypernet4j.optim;

import org.jspecify.annotations.NullMarked;
