// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.zoo.ImageClassifier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The convolution kernels of an exported model. No signature returns those that a hypernetwork
 * generates: the network is built again from the specification in the manifest, with the values of
 * the exported variables, and closed when they are read.
 */
public final class ExportedKernels {
  private ExportedKernels() {}

  /**
   * A kernel.
   *
   * @param name of the layer, or of the variable that holds the kernel
   * @param shape {@code [height, width, inputs, outputs]}
   * @param values row-major
   * @param generated whether a hypernetwork makes it, of values that are not stored
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Kernel(String name, long[] shape, float[] values, boolean generated) {}

  /**
   * Reads them.
   *
   * @return in the order of the network; without the generated ones if the manifest does not say
   *     how the network is built, or their values depend on an input; none without a manifest
   */
  public static List<Kernel> read(LoadedModel model) {
    if (!Manifest.isIn(model.folder())) {
      return List.of();
    }
    Manifest manifest = Manifest.read(model.folder());
    ModelSpec spec = classifier(model, manifest);
    List<Kernel> built = spec == null ? null : built(model, spec);
    return built == null ? stored(model, manifest) : built;
  }

  private static @Nullable ModelSpec classifier(LoadedModel model, Manifest manifest) {
    JsonElement whole = manifest.provenance().get("specification");
    if (!(whole instanceof JsonObject)) {
      return null;
    }
    try {
      ModelSpec spec =
          SpecReader.read(
                  ExperimentSpec.class, whole, Place.file(model.folder() + ", specification"))
              .model();
      if (!new ImageFamily().models().contains(spec.getClass())) {
        return null;
      }
      return manifest.form().equals(ExportForm.BAKED.word()) ? SpecModels.baked(spec) : spec;
    } catch (UserError e) {
      return null; // only a part of one, or that of an older or newer version
    }
  }

  /** All kernels worth inspecting; null if the exported variables are of another network. */
  private static @Nullable List<Kernel> built(LoadedModel model, ModelSpec spec) {
    Graph graph = new Graph();
    ParameterStore store = ParameterStore.forInference(graph);
    ImageClassifier network = SpecModels.imageClassifier(store.root(), spec);
    try (InferenceSession<ImageClassifier> session =
        new InferenceSession<>(
            graph, new Session(graph, ShownGpus.configuration()), store, network)) {
      Map<String, float[]> values = values(model, store);
      if (values == null) {
        return null;
      }
      ParameterValues.assign(session.session(), store, values);
      Set<String> generated = network.generatedKernels().keySet();
      List<Kernel> kernels = new ArrayList<>();
      network
          .kernels()
          .forEach(
              (name, kernel) ->
                  kernels.add(
                      new Kernel(
                          name,
                          kernel.shape().asArray(),
                          session.fetch(kernel),
                          generated.stream().anyMatch(one -> isOf(one, name)))));
      return kernels;
    }
  }

  /** Whether a parameter is the kernel of a layer: {@code conv2/kernel} of {@code conv2}. */
  private static boolean isOf(String parameter, String layer) {
    return parameter.equals(layer) || parameter.equals(layer + "/kernel");
  }

  private static @Nullable Map<String, float[]> values(LoadedModel model, ParameterStore store) {
    Map<String, String> tensors = ModelVariables.readTensors(model.session().model());
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : store.model()) {
      NpyArray array = read(model, tensors, parameter.name());
      if (array == null || !Arrays.equals(array.shape(), parameter.shape().asArray())) {
        return null;
      }
      values.put(parameter.name(), array.floats());
    }
    return values;
  }

  private static @Nullable NpyArray read(
      LoadedModel model, Map<String, String> tensors, String variable) {
    String tensor = tensors.get(variable);
    return tensor == null ? null : model.session().readVariable(tensor);
  }

  /** The kernels that are variables. */
  private static List<Kernel> stored(LoadedModel model, Manifest manifest) {
    Map<String, String> tensors = ModelVariables.readTensors(model.session().model());
    List<Kernel> kernels = new ArrayList<>();
    for (Manifest.ParameterEntry entry : manifest.parameters()) {
      if (entry.role().equals(Role.KERNEL.name()) && entry.shape().size() == 4) {
        NpyArray array = read(model, tensors, entry.name());
        if (array != null && array.shape().length == 4) {
          kernels.add(new Kernel(entry.name(), array.shape(), array.floats(), false));
        }
      }
    }
    return kernels;
  }
}
