// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Result;
import org.tensorflow.Session;

/**
 * Maps training steps to calls of TensorFlow: one step per call ({@link SingleStep}) or several in
 * a loop of the graph ({@link StepLoop}). Only an implementation knows the feeds and fetches of a
 * call and how its results divide into steps.
 */
interface StepCall {
  /** Largest number of steps in one call. */
  int mostSteps();

  /**
   * The inputs of a call.
   *
   * @param steps the inputs of each step, as a task feeds them; closed by the caller
   * @param learningRates the learning rate of each step
   */
  Feeds feed(List<Feeds> steps, float... learningRates);

  /** Adds the fetches of a call. */
  void fetch(Session.Runner runner);

  /** Loss, gradient norm and metrics of each step, from the fetches of {@link #fetch}. */
  List<float[]> decode(Result result);
}
