// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SpecType.RecordOf;

/**
 * JSON to records, strictly: an unknown, missing, ill-typed or out-of-range key is a {@link
 * UserError} that names the file and the path. Numbers without a fraction count as integers however
 * they are written ({@code 1e3}).
 *
 * <pre>{@code
 * ExperimentSpec spec = SpecReader.read(ExperimentSpec.class, text, "my-run.json");
 * }</pre>
 */
public final class SpecReader {
  private SpecReader() {}

  /**
   * Reads one specification.
   *
   * @param type a record whose components carry {@link Doc} and, where a key may be left out,
   *     {@link Default}
   * @param text the JSON text; a {@code $schema} at the top is allowed and ignored
   * @param source prefix of every error message, usually the file
   */
  public static <T extends Record> T read(Class<T> type, String text, String source) {
    return read(type, StrictJson.parse(text, source), Place.file(source));
  }

  /**
   * Checks a record that was made by a program against the limits that apply to files.
   *
   * @return the record itself
   */
  public static <T extends Record> T check(T spec) {
    Class<? extends Record> type = spec.getClass();
    // NaN must reach the check that refuses it
    JsonElement tree =
        SpecGson.WRITER
            .newBuilder()
            .serializeSpecialFloatingPointValues()
            .create()
            .toJsonTree(spec, type);
    JsonObject unused =
        new Normalizer(Place.file(type.getSimpleName())).root(tree, new RecordOf(type));
    return spec;
  }

  public static <T extends Record> T read(Class<T> type, JsonElement tree, Place place) {
    JsonElement bare = tree;
    if (tree.isJsonObject() && tree.getAsJsonObject().has(SchemaWriter.SCHEMA_KEY)) {
      JsonObject copy = tree.deepCopy().getAsJsonObject();
      JsonElement schema = copy.remove(SchemaWriter.SCHEMA_KEY);
      if (!SpecType.Scalar.STRING.accepts(schema)) {
        throw UserError.in(place.at(SchemaWriter.SCHEMA_KEY))
            .what("wrong type")
            .expected("the path of the JSON schema as a text")
            .received(Words.show(schema))
            .build();
      }
      bare = copy;
    }
    JsonObject normal = new Normalizer(place).root(bare, new RecordOf(type));
    try {
      return SpecGson.READER.fromJson(normal, type);
    } catch (UserError refusal) {
      throw refusal.at(place.at(refusal.where()));
    }
  }
}
