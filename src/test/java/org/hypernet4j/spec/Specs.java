// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.json.SpecReader;

/** The specification files of the repository, and a small one to make mistakes in. */
public final class Specs {
  public static final Path GRAPHS = Path.of("graphs");
  public static final Path SCHEMA = GRAPHS.resolve("schema.json");

  public static final Path COMPARISON_SCHEMA = GRAPHS.resolve("comparison-schema.json");

  private Specs() {}

  /** Every specification of an experiment that the project ships. */
  public static List<Path> files() {
    return files(SCHEMA);
  }

  /** Every specification of a comparison that the project ships. */
  public static List<Path> comparisons() {
    return files(COMPARISON_SCHEMA);
  }

  private static List<Path> files(Path schema) {
    String named = "\"$schema\": \"./" + schema.getFileName() + "\"";
    try (Stream<Path> files = Files.list(GRAPHS)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .filter(file -> text(file).contains(named))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Only what must be said. */
  public static JsonObject smallest() {
    return JsonParser.parseString(
            """
            {"name": "small",
             "model": {"type": "mnist-convnet", "kernel2": {"type": "two-layer-linear"}},
             "data": {"type": "mnist"},
             "training": {"epochs": 1, "batchSize": 10,
                          "optimizer": {"type": "adam", "learningRate": 0.001}}}
            """)
        .getAsJsonObject();
  }

  /** {@link #smallest} with one value replaced, or taken out where {@code json} is empty. */
  public static JsonObject with(String path, String json) {
    JsonObject root = smallest();
    JsonObject parent = root;
    String[] keys = path.split("\\.", -1);
    for (int i = 0; i < keys.length - 1; i++) {
      JsonElement next = parent.get(keys[i]);
      if (next == null) {
        next = new JsonObject();
        parent.add(keys[i], next);
      }
      parent = next.getAsJsonObject();
    }
    String last = keys[keys.length - 1];
    if (json.isEmpty()) {
      parent.remove(last);
    } else {
      parent.add(last, JsonParser.parseString(json));
    }
    return root;
  }

  public static ExperimentSpec read(JsonElement tree) {
    return SpecReader.read(ExperimentSpec.class, tree.toString(), "x.json");
  }
}
