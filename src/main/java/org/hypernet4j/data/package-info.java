/**
 * Data sets: reading files, splitting, augmenting, cutting into batches ahead of the training step.
 *
 * <p>Everything is a flat array in row-major order, and everything random is a function of seed and
 * step. What does not belong here: TensorFlow (tensors are made where a session runs), models,
 * downloads.
 */
@NullMarked
package org.hypernet4j.data;

import org.jspecify.annotations.NullMarked;
