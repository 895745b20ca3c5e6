/**
 * Experiments: a specification becomes data, a task, a training, an evaluation, pictures and an
 * export. This is the only place that knows models, data, training and export together.
 *
 * <p>Nothing is printed here but through the stream or listener that the caller passes in.
 */
@NullMarked
package org.hypernet4j.experiment;

import org.jspecify.annotations.NullMarked;
