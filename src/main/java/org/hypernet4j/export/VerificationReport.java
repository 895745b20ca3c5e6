// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a verification.
 *
 * @param model the version folder
 * @param faults everything that is wrong; empty for a good model
 * @param notes remarks that are not faults, mainly about models of others
 * @param outputs one entry for each output of each reference case that was run
 * @param parameters variables whose values were compared with the manifest
 * @param warmUps requests of the warm-up file that the model answered
 * @param timings how long loading and calling took
 */
public record VerificationReport(
    Path model,
    List<Fault> faults,
    List<String> notes,
    List<OutputDifference> outputs,
    int parameters,
    int warmUps,
    Timings timings) {
  /**
   * Durations; 0 for steps that were not done.
   *
   * @param load from the call of the loader to a model that can be called
   * @param firstCall the first call of all, which is slower than the others
   * @param warmUp all requests of the warm-up file together
   * @param warmCall the first call repeated after the warm-up
   */
  public record Timings(double load, double firstCall, double warmUp, double warmCall) {
    /** Nothing was loaded. */
    public static final Timings NONE = new Timings(0, 0, 0, 0);
  }

  /** Copies the lists. */
  public VerificationReport {
    faults = List.copyOf(faults);
    notes = List.copyOf(notes);
    outputs = List.copyOf(outputs);
  }

  /** The report of a model that could not be looked at any further. */
  public static VerificationReport failed(Path model, Fault.Kind kind, String message) {
    return new VerificationReport(
        model, List.of(new Fault(kind, message)), List.of(), List.of(), 0, 0, Timings.NONE);
  }

  /** A copy of the report for a model that was moved. */
  public VerificationReport withModel(Path target) {
    return new VerificationReport(target, faults, notes, outputs, parameters, warmUps, timings);
  }

  /** Whether there are no faults. */
  public boolean verified() {
    return faults.isEmpty();
  }

  /** Largest absolute difference of all outputs; infinite if a number is not finite. */
  public double maxAbsDifference() {
    return outputs.stream().mapToDouble(OutputDifference::maxAbsolute).max().orElse(0);
  }

  /** Largest relative difference of all outputs; see {@link OutputDifference#maxRelative()}. */
  public double maxRelativeDifference() {
    return outputs.stream().mapToDouble(OutputDifference::maxRelative).max().orElse(0);
  }

  /** This report as JSON; an infinite difference becomes null. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("model", model.toString());
    json.addProperty("verified", verified());
    json.add("maxAbsDifference", number(maxAbsDifference()));
    json.add("maxRelativeDifference", number(maxRelativeDifference()));
    json.addProperty("parameters", parameters);
    json.addProperty("warmUps", warmUps);
    json.addProperty("loadSeconds", timings.load());
    json.addProperty("firstCallSeconds", timings.firstCall());
    json.addProperty("warmUpSeconds", timings.warmUp());
    json.addProperty("warmCallSeconds", timings.warmCall());
    JsonArray outputList = new JsonArray();
    for (OutputDifference output : outputs) {
      JsonObject entry = new JsonObject();
      entry.addProperty("case", output.referenceCase());
      entry.addProperty("signature", output.signature());
      entry.addProperty("output", output.output());
      entry.add("maxAbsolute", number(output.maxAbsolute()));
      entry.add("maxRelative", number(output.maxRelative()));
      entry.addProperty("rejected", output.rejected());
      entry.addProperty("notFinite", output.notFinite());
      outputList.add(entry);
    }
    json.add("outputs", outputList);
    JsonArray faultList = new JsonArray();
    for (Fault fault : faults) {
      JsonObject entry = new JsonObject();
      entry.addProperty("fault", fault.kind().id());
      entry.addProperty("message", fault.message());
      faultList.add(entry);
    }
    json.add("faults", faultList);
    JsonArray noteList = new JsonArray();
    notes.forEach(noteList::add);
    json.add("notes", noteList);
    return json;
  }

  /** Reads what {@link #toJson} wrote; throws an unchecked exception for anything else. */
  public static VerificationReport fromJson(String line) {
    JsonObject json = JsonParser.parseString(line).getAsJsonObject();
    List<OutputDifference> outputs = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("outputs")) {
      JsonObject entry = element.getAsJsonObject();
      outputs.add(
          new OutputDifference(
              entry.get("case").getAsInt(),
              entry.get("signature").getAsString(),
              entry.get("output").getAsString(),
              number(entry.get("maxAbsolute")),
              number(entry.get("maxRelative")),
              entry.get("rejected").getAsInt(),
              entry.get("notFinite").getAsInt()));
    }
    List<Fault> faults = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray("faults")) {
      JsonObject entry = element.getAsJsonObject();
      faults.add(
          new Fault(
              Fault.Kind.ofId(entry.get("fault").getAsString()),
              entry.get("message").getAsString()));
    }
    List<String> notes = new ArrayList<>();
    json.getAsJsonArray("notes").forEach(note -> notes.add(note.getAsString()));
    return new VerificationReport(
        Path.of(json.get("model").getAsString()),
        faults,
        notes,
        outputs,
        json.get("parameters").getAsInt(),
        json.get("warmUps").getAsInt(),
        new Timings(
            json.get("loadSeconds").getAsDouble(),
            json.get("firstCallSeconds").getAsDouble(),
            json.get("warmUpSeconds").getAsDouble(),
            json.get("warmCallSeconds").getAsDouble()));
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  private static double number(JsonElement element) {
    return element.isJsonNull() ? Double.POSITIVE_INFINITY : element.getAsDouble();
  }
}
