// SPDX-License-Identifier: Apache-2.0
/**
 * Experiments: a specification becomes data, a task, a training, an evaluation, pictures and an
 * export. This is the only place that knows models, data, training and export together.
 *
 * <p>Models that learn from the same kind of data are a {@link ModelFamily}. A new family is a set
 * of classes and one line: its specifications (a {@code ModelSpec}, a {@code DataSpec}); an
 * implementation of {@link ModelFamily}, with an {@link Experiment} around a {@code TrainingTask},
 * a {@link FinishedRun} and a {@link TrainedModel}; and the line in {@link ModelFamilies}. No
 * command and no other class changes: what a command asks of a model is a method of these types.
 *
 * <p>Nothing is printed here but through the stream or listener that the caller passes in.
 */
@NullMarked
package org.hypernet4j.experiment;

import org.jspecify.annotations.NullMarked;
