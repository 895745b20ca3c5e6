// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.spec.ComparedWidthsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.PruningSpec;

/**
 * Nets of some widths with generated weights and after a training of their own, in the file {@code
 * widths.json} of the run. Trainings take long, so each result is stored at once, and a measurement
 * that was stopped goes on with the next net.
 *
 * @param origin what the trainings depend on: data, seed and settings
 * @param trained errors after training, by widths
 * @param generated errors with generated weights, by widths; empty until they are measured
 */
record ComparedNets(JsonObject origin, Map<Widths, Double> trained, Map<Widths, Double> generated) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** Begins with no results. */
  static ComparedNets none(ExperimentSpec spec, String data) {
    PruningSpec design = Pruning.spec(spec.model());
    ComparedWidthsSpec compared = design.compared();
    JsonObject origin = new JsonObject();
    origin.addProperty("data", data);
    origin.addProperty("seed", spec.training().seed());
    origin.addProperty("kernelSize", design.kernelSize());
    origin.addProperty("steps", compared.steps());
    origin.addProperty("batchSize", compared.batchSize());
    origin.addProperty("learningRate", compared.learningRate());
    return new ComparedNets(origin, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  private static Path file(Path run) {
    return run.resolve("widths.json");
  }

  /** The stored results; empty if there are none that can be read. */
  static Optional<ComparedNets> read(Path run) {
    Path file = file(run);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonObject json =
          JsonParser.parseString(RegularFiles.readString(file, RegularFiles.WRITTEN))
              .getAsJsonObject();
      ComparedNets nets =
          new ComparedNets(
              json.getAsJsonObject("trainedWith"), new LinkedHashMap<>(), new LinkedHashMap<>());
      for (JsonElement each : json.getAsJsonArray("nets")) {
        JsonObject net = each.getAsJsonObject();
        Widths widths = new Widths(net.get("first").getAsInt(), net.get("second").getAsInt());
        nets.trained.put(widths, net.get("trainedError").getAsDouble());
        if (net.has("generatedError")) {
          nets.generated.put(widths, net.get("generatedError").getAsDouble());
        }
      }
      return Optional.of(nets);
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // damaged, or another's: measured anew
    }
  }

  void write(Path run) {
    JsonArray nets = new JsonArray();
    trained.forEach(
        (widths, error) -> {
          JsonObject net = new JsonObject();
          net.addProperty("first", widths.first());
          net.addProperty("second", widths.second());
          Double made = generated.get(widths);
          if (made != null) {
            net.addProperty("generatedError", made);
          }
          net.addProperty("trainedError", error);
          nets.add(net);
        });
    JsonObject json = new JsonObject();
    json.add("trainedWith", origin);
    json.add("nets", nets);
    AtomicFiles.writeString(file(run), GSON.toJson(json) + "\n");
  }

  /** The widths of which both errors are known. */
  List<Widths> complete() {
    List<Widths> both = new ArrayList<>(trained.keySet());
    both.removeIf(widths -> !generated.containsKey(widths));
    return both;
  }

  /** Accuracies in percent, in the order of {@link #complete}. */
  double[] accuracies(Map<Widths, Double> errors) {
    return complete().stream()
        .mapToDouble(widths -> 100 * (1 - errors.getOrDefault(widths, Double.NaN)))
        .toArray();
  }
}
