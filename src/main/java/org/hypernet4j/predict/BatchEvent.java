// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Calls that ran together, for JDK Flight Recorder. */
@Name("org.hypernet4j.Batch")
@Label("Batch")
@Description("Calls of a model that were put together and run as one")
@Category("Hypernet4J")
@StackTrace(false)
final class BatchEvent extends Event {
  @Label("Model")
  String model = "";

  @Label("Version")
  long version;

  @Label("Signature")
  String signature = "";

  @Label("Calls")
  int calls;

  @Label("Rows")
  int rows;

  @Label("Run One by One")
  @Description("Together they failed, so each was run alone")
  boolean apart;
}
