// SPDX-License-Identifier: Apache-2.0
/**
 * Data sets: reading files, splitting, augmenting, cutting into batches ahead of the training step.
 *
 * <p>Everything is a flat array in row-major order, and everything random is a function of seed and
 * step. It does not depend on TensorFlow (tensors are created where a session runs) or on models,
 * and downloads nothing.
 */
@NullMarked
package org.hypernet4j.data;

import org.jspecify.annotations.NullMarked;
