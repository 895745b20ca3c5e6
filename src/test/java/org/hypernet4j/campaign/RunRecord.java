// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.CheckpointFile;

/**
 * What a run has left: its metrics without times, and its checkpoints.
 *
 * @param metrics lines by kind and step, as they are written
 * @param checkpoints by name of the file
 */
record RunRecord(Map<String, String> metrics, Map<String, Checkpoint> checkpoints) {
  private static final List<String> TIMES = List.of("stepMillis", "seconds", "evaluateSeconds");

  static RunRecord read(Path run) throws IOException {
    Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
    for (String name : names(run.resolve("checkpoints"))) {
      if (name.matches("(best|step-\\d+)\\.ckpt")) {
        checkpoints.put(name, CheckpointFile.read(run.resolve("checkpoints").resolve(name)));
      }
    }
    return new RunRecord(metrics(run), checkpoints);
  }

  /**
   * The lines of {@code metrics.jsonl}; a last line that is cut, as a kill leaves it, is no line.
   */
  static Map<String, String> metrics(Path run) throws IOException {
    Map<String, String> metrics = new LinkedHashMap<>();
    for (String line : lines(run)) {
      try {
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        TIMES.forEach(json::remove);
        metrics.put(json.get("kind").getAsString() + " " + json.get("step"), json.toString());
      } catch (JsonSyntaxException | IllegalStateException e) {
        break;
      }
    }
    return metrics;
  }

  private static List<String> lines(Path run) throws IOException {
    Path file = run.resolve("metrics.jsonl");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** How many lines the metrics have so far. */
  static int lineCount(Path run) throws IOException {
    return lines(run).size();
  }

  static List<String> names(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Holds it against a run that was never disturbed: all must be equal to the last bit. */
  void requireEqual(RunRecord whole) throws Wrong {
    for (String key : whole.metrics.keySet()) {
      if (!whole.metrics.get(key).equals(metrics.get(key))) {
        throw new Wrong(
            "metrics of '"
                + key
                + "' are "
                + metrics.get(key)
                + ", undisturbed they are "
                + whole.metrics.get(key));
      }
    }
    if (metrics.size() != whole.metrics.size()) {
      throw new Wrong("metrics of steps that the undisturbed run does not have");
    }
    if (!new TreeSet<>(checkpoints.keySet()).equals(new TreeSet<>(whole.checkpoints.keySet()))) {
      throw new Wrong(
          "checkpoints " + checkpoints.keySet() + ", undisturbed " + whole.checkpoints.keySet());
    }
    for (String name : whole.checkpoints.keySet()) {
      Checkpoint ours = checkpoints.get(name);
      Checkpoint theirs = whole.checkpoints.get(name);
      if (ours == null || theirs == null || !ours.values().equals(theirs.values())) {
        throw new Wrong(name + " differs from that of the undisturbed run");
      }
    }
  }

  /** Files that only an end in mid-work may leave: temporary ones and unfinished exports. */
  static List<Path> leftovers(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.filter(path -> path.getFileName().toString().matches("\\..*\\.tmp|\\.export-.*"))
            .forEach(found::add);
      }
    }
    return found;
  }

  /** After a clean end there are none. */
  static void requireNoLeftovers(Path folder) throws IOException, Wrong {
    List<Path> found = leftovers(folder);
    if (!found.isEmpty()) {
      throw new Wrong("left " + found + " behind");
    }
  }
}
