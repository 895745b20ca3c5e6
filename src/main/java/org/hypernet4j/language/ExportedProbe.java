// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.LanguageModelSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The measurements of an exported language model, whose signatures say nothing about its weights:
 * the network is built again from the specification in the manifest, with the values of the
 * exported variables. It takes their memory a second time.
 */
final class ExportedProbe {
  private ExportedProbe() {}

  /**
   * Builds it.
   *
   * @return null if the manifest does not say how the network is built, or it is another network,
   *     or one of constant weights
   */
  static @Nullable InferenceSession<TextProbe> open(LoadedModel model) {
    LanguageModelSpec spec = specification(model);
    Map<String, float[]> values = new LinkedHashMap<>();
    Graph graph = new Graph();
    Session opened = null;
    InferenceSession<TextProbe> probe = null;
    try {
      ParameterStore store = ParameterStore.forInference(graph);
      TextProbe built =
          spec == null
              ? null
              : new TextProbe(
                  store.root().child("probe").tf(), SpecModels.languageModel(store.root(), spec));
      if (built != null && built.hasChanges() && read(model, store, values)) {
        opened = new Session(graph, ShownGpus.configuration());
        ParameterValues.assign(opened, store, values);
        probe = new InferenceSession<>(graph, opened, store, built);
      }
      return probe;
    } finally {
      if (probe == null) {
        if (opened != null) {
          opened.close();
        }
        graph.close();
      }
    }
  }

  private static @Nullable LanguageModelSpec specification(LoadedModel model) {
    if (!Manifest.isIn(model.folder())) {
      return null;
    }
    JsonElement whole = Manifest.read(model.folder()).provenance().get("specification");
    JsonElement network = whole instanceof JsonObject object ? object.get("model") : null;
    if (!(network instanceof JsonObject found)) {
      return null;
    }
    JsonObject fields = found.deepCopy();
    fields.remove("type"); // another network has other fields, which are refused
    try {
      return SpecReader.read(
          LanguageModelSpec.class, fields, Place.file(model.folder() + ", specification"));
    } catch (UserError e) {
      return null; // that of an older or newer version
    }
  }

  /** The values of all parameters; false if the exported variables are others. */
  private static boolean read(
      LoadedModel model, ParameterStore store, Map<String, float[]> values) {
    Map<String, String> tensors = ModelVariables.readTensors(model.session().model());
    for (Parameter parameter : store.model()) {
      String tensor = tensors.get(parameter.name());
      NpyArray array = tensor == null ? null : model.session().readVariable(tensor);
      if (array == null || !Arrays.equals(array.shape(), parameter.shape().asArray())) {
        return false;
      }
      values.put(parameter.name(), array.floats());
    }
    return true;
  }
}
