// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from, for its manifest. Whatever is null is not known and is left out.
 *
 * @param specification what was trained, as a tree of settings
 * @param dataFingerprint names the content of the training data
 * @param seed of the initial values and the order of the data
 * @param step training steps that the parameters have seen
 * @param validation metrics of these parameters by name, the measurement that chose them
 * @param imported where the first parameters came from, if they were not drawn
 * @param test metrics by name, measured once at the end
 */
public record Provenance(
    @Nullable JsonObject specification,
    @Nullable String dataFingerprint,
    @Nullable Long seed,
    @Nullable Long step,
    @Nullable Map<String, Double> validation,
    @Nullable JsonObject imported,
    @Nullable Map<String, Double> test) {
  /** Nothing is known. */
  public static final Provenance UNKNOWN = new Provenance(null, null, null, null, null, null, null);

  /** Copies, and keeps the order of the metrics. */
  public Provenance {
    specification = specification == null ? null : specification.deepCopy();
    validation = copy(validation);
    imported = imported == null ? null : imported.deepCopy();
    test = copy(test);
  }

  private static @Nullable Map<String, Double> copy(@Nullable Map<String, Double> metrics) {
    return metrics == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** With the settings. */
  public Provenance withSpecification(JsonObject value) {
    return new Provenance(value, dataFingerprint, seed, step, validation, imported, test);
  }

  /** With the data. */
  public Provenance withDataFingerprint(String value) {
    return new Provenance(specification, value, seed, step, validation, imported, test);
  }

  /** With the seed. */
  public Provenance withSeed(long value) {
    return new Provenance(specification, dataFingerprint, value, step, validation, imported, test);
  }

  /** With the step. */
  public Provenance withStep(long value) {
    return new Provenance(specification, dataFingerprint, seed, value, validation, imported, test);
  }

  /** With what chose the parameters. */
  public Provenance withValidation(Map<String, Double> value) {
    return new Provenance(specification, dataFingerprint, seed, step, value, imported, test);
  }

  /** With the weights' origin, or null for weights that were drawn. */
  public Provenance withImported(@Nullable JsonObject value) {
    return new Provenance(specification, dataFingerprint, seed, step, validation, value, test);
  }

  /** With the last measurement. */
  public Provenance withTest(Map<String, Double> value) {
    return new Provenance(specification, dataFingerprint, seed, step, validation, imported, value);
  }

  /**
   * As the manifest has it. JSON has no NaN: the manifest writes such a metric of the validation as
   * a text and one of the test as null.
   */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    add(json, "specification", specification);
    if (dataFingerprint != null) {
      json.addProperty("dataFingerprint", dataFingerprint);
    }
    if (seed != null) {
      json.addProperty("seed", seed);
    }
    if (step != null) {
      json.addProperty("step", step);
    }
    if (validation != null) {
      JsonObject metrics = new JsonObject();
      validation.forEach(metrics::addProperty);
      json.add("validation", metrics);
    }
    add(json, "import", imported);
    if (test != null) {
      JsonObject metrics = new JsonObject();
      test.forEach(
          (name, value) -> metrics.addProperty(name, Double.isFinite(value) ? value : null));
      json.add("test", metrics);
    }
    return json;
  }

  private static void add(JsonObject json, String key, @Nullable JsonElement value) {
    if (value != null) {
      json.add(key, value);
    }
  }
}
