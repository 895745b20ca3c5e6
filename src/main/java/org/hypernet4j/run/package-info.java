// SPDX-License-Identifier: Apache-2.0
/**
 * A training in a run folder, whatever the model: lock, checkpoints, resuming, listeners, and what
 * a family of models must provide. Nothing here depends on images or text, apart from the files
 * that a run folder may hold.
 *
 * <p>Models that learn from the same kind of data are a {@link ModelFamily}. A new family is a
 * package beside {@code image}, {@code language} and {@code strokes}: an implementation of {@link
 * ModelFamily}, with an {@link Experiment} around a {@code TrainingTask}, a {@link FinishedRun} and
 * a {@link TrainedModel}; its specifications (a {@code ModelSpec}, a {@code DataSpec}); and one
 * line in {@code experiment.ModelFamilies}. No command and no other class changes: all that a
 * command needs of a model is a method of these types.
 */
@NullMarked
package org.hypernet4j.run;

import org.jspecify.annotations.NullMarked;
