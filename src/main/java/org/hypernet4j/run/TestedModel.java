// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.function.Supplier;

/**
 * The best model of a run, open, and its results on the test data.
 *
 * @param run the run of the model
 */
public record TestedModel(FinishedRun run, TrainedModel model, TestResult test)
    implements AutoCloseable {

  /** Measures an open model, and closes it if that fails. */
  public static TestedModel of(FinishedRun run, TrainedModel model, Supplier<TestResult> measure) {
    boolean complete = false;
    try {
      TestedModel tested = new TestedModel(run, model, measure.get());
      complete = true;
      return tested;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  /** Closes the model. */
  @Override
  public void close() {
    model.close();
  }
}
