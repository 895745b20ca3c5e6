// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.function.ObjIntConsumer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;

/**
 * What a benchmark times.
 *
 * @param task is trained
 * @param data what it runs on, for people
 * @param predict makes one prediction, whose number it gets
 * @param <B> one batch on the Java side
 */
public record BenchmarkSubject<B>(
    TrainingTask<B> task, String data, ObjIntConsumer<TrainingGraph<B>> predict) {}
