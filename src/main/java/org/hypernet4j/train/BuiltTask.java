// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.hypernet4j.graph.Feeds;
import org.tensorflow.Session;

/**
 * A task whose graph is built: fills its placeholders and measures its model. {@link
 * TrainingTask#build} makes one for each graph, so that one task can serve several.
 *
 * @param <B> one batch on the Java side
 */
public interface BuiltTask<B> {
  /** What the task has added to the graph. */
  TrainingTask.TrainingOps ops();

  /**
   * Adds a batch to the inputs of a training step.
   *
   * @param step index of the step: what a task with dropout feeds as the key of its masks
   */
  void feed(B batch, long step, Feeds feeds);

  /**
   * Measures the validation data.
   *
   * @param session holds the values of the parameters
   * @param step steps done so far
   */
  Evaluation evaluate(Session session, long step);
}
