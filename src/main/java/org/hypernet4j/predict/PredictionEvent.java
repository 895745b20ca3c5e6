// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/** A call of a model, for Java Flight Recorder; its duration is that of the call. */
@Name(PredictionEvent.NAME)
@Label("Prediction")
@Category("Hypernet4J")
@Description("A call of a model's signature")
@StackTrace(false)
final class PredictionEvent extends Event {
  static final String NAME = "org.hypernet4j.Prediction";

  @Label("Model")
  @Nullable String model;

  @Label("Version")
  long version;

  @Label("Signature")
  @Nullable String signature;

  @Label("Rows")
  @Description("Size of axis 0 of the first input; 1 if it has no axis")
  long rows;

  @Label("Outcome")
  @Description("ok, refused (input that does not fit), closed (the model), or failed")
  @Nullable String outcome;

  /**
   * Ends the event; of a recording that is off nothing is computed.
   *
   * @param error that the call has ended with, or null
   */
  void end(ModelDescription called, String key, long row, @Nullable Throwable error) {
    end();
    if (shouldCommit()) {
      model = called.name();
      version = called.version();
      signature = key;
      rows = row;
      outcome =
          error == null
              ? "ok"
              : error instanceof UserError
                  ? "refused"
                  : error instanceof IllegalStateException ? "closed" : "failed";
      commit();
    }
  }
}
