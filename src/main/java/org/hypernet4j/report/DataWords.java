// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.hypernet4j.export.DataOrigin;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.spec.ExperimentSpec;

/** The data of a specification in words. */
final class DataWords {
  private DataWords() {}

  static String of(ExperimentSpec spec) {
    JsonObject tree = SpecWriter.toTree(spec);
    JsonElement type = tree.getAsJsonObject("data").get("type");
    return type == null ? "data of its own" : DataOrigin.of(type.getAsString()).title();
  }
}
