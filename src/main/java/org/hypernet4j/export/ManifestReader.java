// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.StrictJson;
import org.jspecify.annotations.Nullable;

/** Reads {@code manifest.json} by the letter: what was not written by us is not taken for it. */
final class ManifestReader {
  private static final List<String> FIELDS =
      List.of(
          "format",
          "model",
          "form",
          "versions",
          "tolerance",
          "parameterCount",
          "trainableParameterCount",
          "parameters",
          "signatures",
          "files",
          "provenance");
  private static final String GUIDE = "guide";

  private final JsonFields fields;
  private final @Nullable JsonObject guide;

  private ManifestReader(JsonFields fields, @Nullable JsonObject guide) {
    this.fields = fields;
    this.guide = guide;
  }

  /**
   * Reads a manifest.
   *
   * @throws UserError if it cannot be read, is not a manifest of this library, or its digest does
   *     not match
   */
  static Manifest read(Path file) {
    String text;
    try {
      text = RegularFiles.readString(file, RegularFiles.DESCRIPTION);
    } catch (CharacterCodingException e) {
      throw unreadable(file, "bytes that are no UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
    JsonElement tree = StrictJson.parse(text, file.toString());
    long format = format(tree, file);
    List<String> keys = new ArrayList<>(FIELDS);
    JsonElement guide = tree.getAsJsonObject().get(GUIDE);
    boolean guided = guide != null && !(format == 1 && guide.isJsonNull());
    if (format > 1 || guide != null) {
      keys.add(GUIDE); // the first manifests have none
    }
    if (format > 1) {
      keys.add(ManifestSeal.KEY);
    }
    JsonFields fields = JsonFields.ofFile(tree, file, keys);
    if (format > 1) {
      ManifestSeal.require(file, text, fields.text(ManifestSeal.KEY));
    }
    return new ManifestReader(fields, guided ? fields.object(GUIDE) : null).manifest();
  }

  private static long format(JsonElement tree, Path file) {
    if (tree instanceof JsonObject object
        && object.get("format") instanceof JsonPrimitive value
        && value.isNumber()
        && value.getAsString().matches("[1-" + Manifest.FORMAT + "]")) {
      return value.getAsLong();
    }
    throw UserError.in(file)
        .what("not a whole manifest")
        .expected("an object with format 1 to " + Manifest.FORMAT)
        .received(
            tree instanceof JsonObject object
                ? "format " + object.get("format")
                : "something that is not an object")
        .next("export the model again, or read it with a newer Hypernet4J")
        .build();
  }

  private Manifest manifest() {
    return new Manifest(
        (int) fields.whole("format"),
        fields.text("model"),
        fields.text("form"),
        versions(),
        tolerance(),
        fields.whole("parameterCount"),
        fields.whole("trainableParameterCount"),
        fields.list("parameters", ManifestReader::parameter),
        fields.map("signatures", ManifestReader::signature),
        guide,
        fields.map("files", ManifestReader::file),
        fields.object("provenance"));
  }

  private Tolerance tolerance() {
    JsonFields found = fields.fields("tolerance", "absolute", "relative");
    try {
      return new Tolerance(found.number("absolute"), found.number("relative"));
    } catch (UserError e) {
      throw e.at(fields.at("tolerance"));
    }
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    JsonFields found = fields.fields("versions", "hypernet4j", "tensorflow", "java");
    for (String key : List.of("hypernet4j", "tensorflow", "java")) {
      versions.put(key, found.text(key));
    }
    return versions;
  }

  private static Manifest.ParameterEntry parameter(JsonElement element, String where) {
    JsonFields entry =
        JsonFields.of(element, where, "name", "shape", "role", "trainable", "sha256");
    return new Manifest.ParameterEntry(
        entry.text("name"),
        entry.wholes("shape"),
        entry.text("role"),
        entry.flag("trainable"),
        entry.text("sha256"));
  }

  private static Manifest.SignatureEntry signature(JsonElement element, String where) {
    JsonFields entry = JsonFields.of(element, where, "inputs", "outputs");
    return new Manifest.SignatureEntry(
        entry.map("inputs", ManifestReader::tensor), entry.map("outputs", ManifestReader::tensor));
  }

  private static Manifest.TensorEntry tensor(JsonElement element, String where) {
    JsonFields entry = JsonFields.of(element, where, "tensor", "dtype", "shape");
    return new Manifest.TensorEntry(
        entry.text("tensor"), entry.text("dtype"), entry.wholes("shape"));
  }

  private static Manifest.FileEntry file(JsonElement element, String where) {
    JsonFields entry = JsonFields.of(element, where, "bytes", "sha256");
    return new Manifest.FileEntry(entry.whole("bytes"), entry.text("sha256"));
  }

  private static UserError unreadable(Path file, String received, Exception cause) {
    return UserError.in(file)
        .what("cannot be read")
        .received(received)
        .next("export the model again")
        .cause(cause)
        .build();
  }
}
