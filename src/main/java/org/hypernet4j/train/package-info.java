// SPDX-License-Identifier: Apache-2.0
/**
 * Training: one readable loop ({@link org.hypernet4j.train.Trainer}) and listeners for everything
 * else: progress, metrics, TensorBoard, early stopping, the divergence guard, checkpoints.
 *
 * <p>The loop depends on a {@link org.hypernet4j.train.TrainingTask}, never a model or a data set.
 * {@link org.hypernet4j.train.Learner} is the short form for a model and examples of your own.
 */
@NullMarked
package org.hypernet4j.train;

import org.jspecify.annotations.NullMarked;
