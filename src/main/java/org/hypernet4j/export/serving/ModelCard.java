// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.hypernet4j.export.DataOrigin;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.LibraryVersion;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.measure.Metric;
import org.jspecify.annotations.Nullable;
import org.tensorflow.TensorFlow;

/**
 * The card of a model in the form of model hubs: a head of YAML, then Markdown. It says nothing
 * that is not known: the licence of the weights is for those who trained them to choose.
 *
 * <p>The format is that of huggingface.co/docs/hub/model-cards.
 */
final class ModelCard {
  private static final String NONE = "";

  /** The generators of kernels by the words of specifications. */
  private static final Pattern GENERATORS =
      Pattern.compile(
          "\"type\":\"(two-layer-linear|one-layer-linear|chunked|templated|low-rank|coordinate|dct"
              + "|heads)\"");

  private final ExportRequest request;
  private final Map<String, Manifest.SignatureEntry> signatures;
  private final Provenance origin;
  private final Task task;
  private final @Nullable DataOrigin data;
  private final StringBuilder out = new StringBuilder(1 << 12);

  /**
   * What kinds of models do.
   *
   * @param hub the hub's name of the task; empty if it has none
   * @param use what the model is for
   * @param limits what it is not
   */
  private record Task(String hub, String use, String limits) {}

  private static final Task OWN =
      new Task(
          NONE,
          "What its signatures say. Whoever trained it knows what for.",
          "Nothing is known of inputs unlike those of its training.");

  private static final Task IMAGES =
      new Task(
          "image-classification",
          "Telling the classes of small images apart that look like those of its training.",
          "An image of anything else gets a class too, often with a high probability. Size, colours"
              + " and centring must be those of the training images.");

  private static final Task TEXT =
      new Task(
          "text-generation",
          "Writing and scoring text, symbol by symbol, in the manner of its training text.",
          "It knows the symbols of its vocabulary only, states no facts, and repeats what its"
              + " training text says, right or wrong.");

  private static final Task STROKES =
      new Task(
          NONE,
          "Drawing with a pen, point by point, and scoring drawings, in the manner of its training"
              + " drawings.",
          "Drawings of other kinds, other units and other orders of strokes are foreign to it.");

  private static final Task TRANSLATION =
      new Task(
          "translation",
          "Translating sentences like those of its training.",
          "Longer sentences, other subjects and rare words go wrong, and fluently: have a person"
              + " check what matters.");

  private static final Task FAMILY =
      new Task(
          NONE,
          "Making the networks of a family from a condition, and asking them: a task, an angle, a"
              + " preference, noise.",
          "Conditions outside the range of its training are extrapolated.");

  private ModelCard(ExportRequest request, Map<String, Manifest.SignatureEntry> signatures) {
    this.request = request;
    this.signatures = signatures;
    origin = request.provenance();
    task = task();
    String type = type("data");
    data = type.isEmpty() ? null : DataOrigin.of(type);
  }

  /** The card. */
  static String of(ExportRequest request, Map<String, Manifest.SignatureEntry> signatures) {
    return new ModelCard(request, signatures).card();
  }

  private String card() {
    head();
    line("# " + request.modelName());
    line(NONE);
    String description = text(origin.specification(), "description");
    if (!description.isEmpty()) {
      line(plain(description));
      line(NONE);
    }
    line(
        "A TensorFlow SavedModel in the %s form, %,d numbers in its variables, written by"
                .formatted(request.form(), count())
            + " Hypernet4J %s (TensorFlow %s)."
                .formatted(LibraryVersion.current(), TensorFlow.version()));
    section("Intended use", task.use());
    section("Limits", task.limits());
    trainingData();
    figures();
    use();
    return out.toString();
  }

  private void head() {
    line("---");
    line("# unknown: whoever trained the model decides its licence, and writes it here");
    line("license: unknown");
    line("library_name: tensorflow");
    if (!task.hub().isEmpty()) {
      line("pipeline_tag: " + task.hub());
    }
    line("tags:");
    line("- hypernet4j");
    if (generates()) {
      line("- hypernetwork");
    }
    line("- tensorflow");
    line("- saved-model");
    String hub = data == null ? NONE : data.hub();
    if (!hub.isEmpty()) {
      line("datasets:");
      line("- " + hub);
    }
    Map<String, Double> test = finite(origin.test());
    if (!test.isEmpty()) {
      line("metrics:");
      test.keySet().forEach(name -> line("- " + quoted(name)));
      line("model-index:");
      line("- name: " + quoted(request.modelName()));
      line("  results:");
      line("  - task:");
      line("      type: " + (task.hub().isEmpty() ? "other" : task.hub()));
      line("    dataset:");
      line("      name: " + quoted(data == null ? "test data" : data.title()));
      line("      type: " + (hub.isEmpty() ? "other" : hub));
      line("      split: test");
      line("    metrics:");
      test.forEach(
          (name, value) -> {
            line("    - type: " + quoted(name));
            line("      value: " + value);
          });
    }
    line("---");
    line(NONE);
  }

  private void trainingData() {
    section("Training data", data == null ? "Not known here." : sentence(data.title()) + ".");
    if (data != null) {
      line("Licence of the data: " + data.licence() + ".");
    }
    if (origin.dataFingerprint() != null) {
      line("The content of the data that were read has the fingerprint");
      line("`" + origin.dataFingerprint() + "`.");
    }
    if (origin.imported() != null) {
      line("The training began with imported weights; `manifest.json` says which.");
    }
  }

  private void figures() {
    Map<String, Double> validation = finite(origin.validation());
    Map<String, Double> test = finite(origin.test());
    if (validation.isEmpty() && test.isEmpty()) {
      section("Figures", "None are known here.");
      return;
    }
    section("Figures", "| metric | validation | test |");
    line("|---|---:|---:|");
    Map<String, Double> all = new LinkedHashMap<>(validation);
    test.forEach(all::putIfAbsent);
    for (String name : all.keySet()) {
      Metric metric = Metric.of(name);
      line(
          "| %s | %s | %s |"
              .formatted(
                  metric.title(),
                  cell(metric, validation.get(name)),
                  cell(metric, test.get(name))));
    }
    line(NONE);
    if (origin.step() != null) {
      line(
          "Of the parameters after %,d training steps%s; the validation data chose the step."
              .formatted(origin.step(), origin.seed() == null ? NONE : ", seed " + origin.seed()));
    }
    if (!test.isEmpty()) {
      line("The test data were used once, at the end of the training.");
    }
  }

  private static String cell(Metric metric, @Nullable Double value) {
    return value == null ? "not measured" : metric.words(value);
  }

  private void use() {
    Map.Entry<String, Manifest.SignatureEntry> first = signatures.entrySet().iterator().next();
    String key = first.getKey();
    Manifest.SignatureEntry signature = first.getValue();
    String input = signature.inputs().keySet().iterator().next();
    String output = signature.outputs().keySet().iterator().next();
    section("How to use it", "In the folder of the version, the one that holds `saved_model.pb`.");
    line(
        """

        Java, with the library:

        ```java
        try (Predictor model = Predictor.open(Path.of("."))) {
          Map<String, NpyArray> answer = model.predict("%1$s", inputs); // NpyArray by input name
          NpyArray %3$s = answer.get("%3$s");
        }
        ```

        Python:

        ```python
        import tensorflow as tf
        model = tf.saved_model.load(".").signatures["%1$s"]
        answer = model(%2$s=...)["%3$s"]
        ```

        TensorFlow Serving, or Hypernet4J's own server where there is no Docker: see `README.md`
        beside this file. An example request lies in `requests/%1$s.json`, its answer beside it.

        Inputs and outputs of all signatures are in `README.md`, the origin of every file in
        `manifest.json`.\
        """
            .formatted(key, input, output));
  }

  private Task task() {
    String model = type("model");
    return switch (model) {
      case "" -> OWN;
      case "language-model" -> TEXT;
      case "strokes" -> STROKES;
      case "translation" -> TRANSLATION;
      case "mnist-convnet", "wide-resnet", "dense-classifier" -> IMAGES;
      default -> FAMILY;
    };
  }

  /** Whether a network of the model makes weights of another. */
  private boolean generates() {
    String settings = String.valueOf(origin.specification());
    return task.equals(FAMILY)
        || settings.contains("\"type\":\"hyper-")
        || GENERATORS.matcher(settings).find();
  }

  private String type(String part) {
    JsonObject specification = origin.specification();
    return specification != null && specification.get(part) instanceof JsonObject object
        ? text(object, "type")
        : NONE;
  }

  private static String text(@Nullable JsonObject object, String key) {
    JsonElement value = object == null ? null : object.get(key);
    return value instanceof JsonPrimitive primitive ? primitive.getAsString() : NONE;
  }

  private long count() {
    return request.values().values().stream().mapToLong(values -> values.length).sum();
  }

  /** The metrics that YAML and people can read as numbers. */
  private static Map<String, Double> finite(@Nullable Map<String, Double> metrics) {
    Map<String, Double> finite = new LinkedHashMap<>();
    if (metrics != null) {
      metrics.forEach(
          (name, value) -> {
            if (Double.isFinite(value)) {
              finite.put(name, value);
            }
          });
    }
    return finite;
  }

  private void section(String title, String text) {
    line(NONE);
    line("## " + title);
    line(NONE);
    line(text);
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /** What a user wrote, as one paragraph that is no markup. */
  private static String plain(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("([\\\\`*_\\[\\]<>#|])", "\\\\$1").strip();
  }

  /** A text of YAML; JSON's are. */
  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
