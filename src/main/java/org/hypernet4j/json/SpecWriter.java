// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonObject;

/**
 * Records to JSON in canonical form: every key that has a value, in the order of the record
 * components, {@code type} first. {@link SpecReader} reads an equal record from it.
 */
public final class SpecWriter {
  private SpecWriter() {}

  /** The specification as indented text that ends with a line feed. */
  public static String toJson(Record spec) {
    return SpecGson.WRITER.toJson(spec, spec.getClass()) + "\n";
  }

  /** The specification as a new tree, which the caller may change. */
  public static JsonObject toTree(Record spec) {
    return SpecGson.WRITER.toJsonTree(spec, spec.getClass()).getAsJsonObject();
  }
}
