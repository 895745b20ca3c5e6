// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.LibraryVersion;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.json.StrictJson;
import org.tensorflow.TensorFlow;

/**
 * {@code results.json} in the folder of a run: what its end has shown, for reports. A run that was
 * stopped, or trained by an older build, has none.
 *
 * @param bestStep the step of the parameters that were tested
 * @param steps at which the training ended
 * @param seconds that it took; of a resumed training those since it went on
 * @param data what it learnt from, human-readable
 * @param test metrics of the test data by name; NaN where there is no number
 * @param words the results in human-readable form
 * @param environment versions and machine, human-readable, by what they are
 */
public record RunRecord(
    long bestStep,
    long steps,
    double seconds,
    String data,
    Map<String, Double> test,
    List<String> words,
    Map<String, String> environment) {

  /** Copies, and keeps the order. */
  public RunRecord {
    test = new LinkedHashMap<>(test);
    words = List.copyOf(words);
    environment = new LinkedHashMap<>(environment);
  }

  /** The environment of this process. */
  public static Map<String, String> here(String device) {
    Map<String, String> here = new LinkedHashMap<>();
    here.put("Hypernet4J", LibraryVersion.current());
    here.put("TensorFlow", TensorFlow.version());
    here.put("Java", property("java.version") + ", " + property("java.vm.name"));
    here.put("system", property("os.name") + " " + property("os.arch"));
    here.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    here.put("device", device);
    return here;
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static Path file(RunFolder folder) {
    return folder.path().resolve("results.json");
  }

  /** Writes the file. */
  public void write(RunFolder folder) {
    JsonObject json = new JsonObject();
    json.addProperty("bestStep", bestStep);
    json.addProperty("steps", steps);
    json.add("seconds", number(seconds));
    json.addProperty("data", data);
    JsonObject metrics = new JsonObject();
    test.forEach((name, value) -> metrics.add(name, number(value)));
    json.add("test", metrics);
    JsonArray lines = new JsonArray();
    words.forEach(lines::add);
    json.add("words", lines);
    JsonObject machine = new JsonObject();
    environment.forEach(machine::addProperty);
    json.add("environment", machine);
    AtomicFiles.writeString(file(folder), json + "\n");
  }

  /** JSON has no NaN. */
  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none
   * @throws UserError if it cannot be read, or is not what {@link #write} has written
   */
  public static Optional<RunRecord> read(RunFolder folder) {
    Path file = file(folder);
    if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      JsonElement json =
          StrictJson.parse(
              RegularFiles.readString(file, RegularFiles.DESCRIPTION), file.toString());
      return Optional.of(of(json.getAsJsonObject()));
    } catch (IOException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException
        | NumberFormatException e) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("the results of the run, as its training wrote them")
          .next("remove the file if you do without it")
          .cause(e)
          .build();
    }
  }

  private static RunRecord of(JsonObject json) {
    Map<String, Double> test = new LinkedHashMap<>();
    json.getAsJsonObject("test")
        .asMap()
        .forEach(
            (name, value) -> test.put(name, value.isJsonNull() ? Double.NaN : value.getAsDouble()));
    List<String> words = new ArrayList<>();
    json.getAsJsonArray("words").forEach(line -> words.add(line.getAsString()));
    Map<String, String> environment = new LinkedHashMap<>();
    json.getAsJsonObject("environment")
        .asMap()
        .forEach((name, value) -> environment.put(name, value.getAsString()));
    JsonElement seconds = json.get("seconds");
    return new RunRecord(
        json.get("bestStep").getAsLong(),
        json.get("steps").getAsLong(),
        seconds.isJsonNull() ? Double.NaN : seconds.getAsDouble(),
        json.get("data").getAsString(),
        test,
        words,
        environment);
  }
}
