// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.hypernet4j.graph.Feeds;
import org.tensorflow.Session;

/**
 * A task whose graph is built: feeds its placeholders and evaluates its model. {@link
 * TrainingTask#build} returns a new one for each graph, so that one task can serve several.
 *
 * @param <B> one batch on the Java side
 */
public interface BuiltTask<B> {
  /** The ops that the task has added to the graph. */
  TrainingTask.TrainingOps ops();

  /**
   * Adds a batch to the inputs of a training step.
   *
   * @param step index of the step: a task with dropout feeds it as the key of its masks
   */
  void feed(B batch, long step, Feeds feeds);

  /**
   * Evaluates the model on the validation data.
   *
   * @param session holds the values of the parameters
   * @param step number of steps done so far
   */
  Evaluation evaluate(Session session, long step);
}
