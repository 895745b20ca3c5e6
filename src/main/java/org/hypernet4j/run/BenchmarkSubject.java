// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.function.ObjIntConsumer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;

/**
 * The subject of a benchmark: a training task, and predictions.
 *
 * @param task the task that is trained
 * @param data human-readable name of the data it runs on
 * @param predict makes one prediction; its argument is the number of that prediction
 * @param <B> one batch on the Java side
 */
public record BenchmarkSubject<B>(
    TrainingTask<B> task, String data, ObjIntConsumer<TrainingGraph<B>> predict) {}
