// SPDX-License-Identifier: Apache-2.0
/**
 * From trained parameters to a SavedModel that others can read, and the proof that they can.
 *
 * <p>{@link org.hypernet4j.export.Exporter} writes a fresh inference graph in the layout that
 * TensorFlow Serving and Python expect; {@link org.hypernet4j.export.Verifier} recomputes the
 * reference outputs that the trained session gave. What does not belong here: any particular model
 * (it comes in as an {@link org.hypernet4j.export.InferenceGraph}), training, checkpoints.
 */
@NullMarked
package org.hypernet4j.export;

import org.jspecify.annotations.NullMarked;
