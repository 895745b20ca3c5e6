// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.io.Npz;

/**
 * A case of {@code export/reference}: what {@code python-compat-tests/numpy_reference} computed in
 * float64 from the paper's equations. The index there describes the arrays.
 *
 * @param name of the file
 * @param model the generator or cell, as the index describes it
 */
public record ReferenceCase(String name, JsonObject model) {
  private static final Path FOLDER = Path.of("export", "reference");
  private static final Set<String> GENERATORS =
      Set.of(
          "two-layer-linear",
          "one-layer-linear",
          "mlp",
          "low-rank",
          "templated",
          "chunked",
          "coordinate",
          "dct");

  /** All cases of the index whose model is a generator, or all others. */
  public static List<ReferenceCase> all(boolean generators) throws IOException {
    List<ReferenceCase> cases = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(FOLDER.resolve("index.json"))) {
      JsonObject index = JsonParser.parseReader(reader).getAsJsonObject();
      for (JsonElement element : index.getAsJsonArray("cases")) {
        JsonObject described = element.getAsJsonObject();
        JsonObject model = described.getAsJsonObject("model");
        if (generators == GENERATORS.contains(model.get("kind").getAsString())) {
          cases.add(new ReferenceCase(described.get("name").getAsString(), model));
        }
      }
    }
    return cases;
  }

  /** Reads the arrays. */
  public GoldenFiles arrays() {
    return new GoldenFiles(Npz.read(FOLDER.resolve(name + ".npz")));
  }

  /** The arrays of parameters by their full names. */
  public static Map<String, float[]> parameters(GoldenFiles arrays) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (String key : arrays.arrays().keySet()) {
      if (key.startsWith("parameter/")) {
        values.put(key.substring("parameter/".length()), arrays.floats(key));
      }
    }
    return values;
  }

  /** The name, which tests show. */
  @Override
  public String toString() {
    return name;
  }
}
