// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Result;
import org.tensorflow.Session;

/**
 * How training steps become calls of TensorFlow: one step a call ({@link SingleStep}) or several in
 * a loop of the graph ({@link StepLoop}). What a call is fed, what it fetches and what that says of
 * each step is known here only.
 */
interface StepCall {
  /** The most steps in one call. */
  int mostSteps();

  /**
   * The inputs of a call.
   *
   * @param steps those of each step, as a task feeds them; closed by the caller
   * @param learningRates of each step
   */
  Feeds feed(List<Feeds> steps, float... learningRates);

  /** Adds what a call must compute. */
  void fetch(Session.Runner runner);

  /** Loss, gradient norm and metrics of each step, from what {@link #fetch} asked for. */
  List<float[]> decode(Result result);
}
