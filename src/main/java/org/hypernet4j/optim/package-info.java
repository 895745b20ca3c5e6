/**
 * Optimizers over explicit parameters, gradient clipping, weight decay, learning-rate schedules.
 *
 * <p>Here belongs what turns gradients into new parameter values inside the graph, and the plain
 * Java functions of the step that are fed to it. The loop that runs the steps, and the records of a
 * specification file from which an optimizer is chosen, live above and do not belong here.
 */
@NullMarked
package org.hypernet4j.optim;

import org.jspecify.annotations.NullMarked;
