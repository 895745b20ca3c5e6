// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

/**
 * Hears what happens where models are served, for measurements: see {@link PredictorMetrics}. It is
 * called by the threads that serve, several at a time, so it must be quick and throw nothing.
 */
public interface ServingListener {
  /** Hears nothing. */
  ServingListener NONE = new ServingListener() {};

  /** How a call ended. */
  enum Outcome {
    /** With an answer. */
    OK,
    /** The inputs did not fit, or there is no such signature. */
    BAD_INPUT,
    /** Too many calls waited. */
    OVERLOADED,
    /** In another way. */
    ERROR
  }

  /**
   * A call has ended.
   *
   * @param model that was called
   * @param signature as the caller named it, whether the model has it or not
   * @param outcome of the call
   * @param nanos from the call to its end, waiting included
   */
  default void called(ModelDescription model, String signature, Outcome outcome, long nanos) {}

  /**
   * Calls ran together, or one ran that had waited for others.
   *
   * @param model that was called
   * @param signature of the calls
   * @param calls how many
   * @param rows of all of them
   */
  default void batched(ModelDescription model, String signature, int calls, int rows) {}

  /**
   * The number of rows that wait has changed.
   *
   * @param model for which they wait
   * @param change positive for new ones, negative for those that wait no more
   */
  default void queued(ModelDescription model, int change) {}

  /**
   * A version was loaded, or refused.
   *
   * @param model its name
   * @param version the number
   * @param accepted whether it takes calls now
   * @param nanos for verification, loading and warm-up
   */
  default void loaded(String model, long version, boolean accepted, long nanos) {}

  /**
   * Another version answers calls that name none.
   *
   * @param model its name
   * @param version the newest that takes calls
   */
  default void serving(String model, long version) {}
}
