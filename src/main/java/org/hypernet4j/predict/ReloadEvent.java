// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A version of a served model was verified, loaded and warmed up, for JDK Flight Recorder. */
@Name("org.hypernet4j.Reload")
@Label("Reload")
@Description("A version of a model was loaded, or refused")
@Category("Hypernet4J")
@StackTrace(false)
final class ReloadEvent extends Event {
  @Label("Model")
  String model = "";

  @Label("Version")
  long version;

  @Label("Accepted")
  boolean accepted;

  @Label("Error")
  String error = "";
}
