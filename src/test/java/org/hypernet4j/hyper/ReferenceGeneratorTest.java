// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Every generator of {@code export/reference}: kernels, loss, and gradients by all parameters. */
class ReferenceGeneratorTest {
  static List<ReferenceCase> generators() throws IOException {
    return ReferenceCase.all(true);
  }

  @ParameterizedTest
  @MethodSource("generators")
  void kernelsAndGradients(ReferenceCase reference) {
    GoldenFiles expected = reference.arrays();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Map<String, Operand<TFloat32>> kernels = kernels(store, reference.model());
      Map<String, float[]> parameters = ReferenceCase.parameters(expected);
      assertThat(store.model())
          .extracting(parameter -> parameter.name())
          .containsExactlyInAnyOrderElementsOf(parameters.keySet());

      Ops tf = store.root().child("test").tf();
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      Operand<TFloat32> loss = tf.constant(0f);
      for (Map.Entry<String, Operand<TFloat32>> kernel : kernels.entrySet()) {
        fetches.put("kernel/" + kernel.getKey(), kernel.getValue());
        Operand<TFloat32> weights = Fetched.constant(tf, expected, "weight/" + kernel.getKey());
        loss = tf.math.add(loss, Fetched.weightedSum(tf, kernel.getValue(), weights));
      }
      fetches.put("loss", loss);
      Gradients.of(loss, store.trainables())
          .forEach((parameter, g) -> fetches.put("gradient/parameter/" + parameter.name(), g));
      store.initialize(session);
      ParameterValues.assign(session, store, parameters);

      Fetched actual = Fetched.of(session, fetches);
      for (String name : fetches.keySet()) {
        if (name.startsWith("gradient/")) {
          assertGradient(name, actual.get(name), expected.doubles(name), 3e-6);
        } else {
          double bound = name.equals("loss") ? 6e-6 : 2e-6;
          assertClose(name, actual.get(name), expected.doubles(name), bound);
        }
      }
    }
  }

  private static Map<String, Operand<TFloat32>> kernels(ParameterStore store, JsonObject model) {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    for (JsonElement kernel : model.getAsJsonArray("kernels")) {
      JsonArray named = kernel.getAsJsonArray();
      table.put(named.get(0).getAsString(), shape(named.get(1).getAsJsonArray()));
    }
    return source(model).build(store.root(), table);
  }

  private static KernelSource source(JsonObject model) {
    TargetVariance target = TargetVariance.KAIMING_IN;
    return switch (model.get("kind").getAsString()) {
      case "templated" -> new TemplatedKernels(model.get("templates").getAsInt(), target);
      case "chunked" ->
          new ChunkedKernels(
              model.get("chunkSize").getAsInt(),
              model.get("embeddingSize").getAsInt(),
              sizes(model),
              target);
      case "coordinate" ->
          new CoordinateKernels(sizes(model), model.get("embeddingSize").getAsInt(), target);
      case "dct" -> new DctKernels(model.get("keep").getAsDouble(), target);
      default -> EmbeddedKernels.normal(design(model), target);
    };
  }

  private static GeneratorSettings design(JsonObject model) {
    KernelShape kernel = shape(model.getAsJsonArray("kernel"));
    int embeddingSize = model.get("embeddingSize").getAsInt();
    return switch (model.get("kind").getAsString()) {
      case "two-layer-linear" ->
          new TwoLayerLinearGenerator.Settings(
              kernel, embeddingSize, model.get("hiddenSize").getAsInt(), Initializers.zeros());
      case "one-layer-linear" ->
          new OneLayerLinearGenerator.Settings(kernel, embeddingSize, true, 1);
      case "mlp" -> new MlpGenerator.Settings(kernel, embeddingSize, sizes(model), 1);
      case "low-rank" ->
          new LowRankGenerator.Settings(kernel, embeddingSize, model.get("rank").getAsInt(), 1);
      default -> throw new IllegalArgumentException(model.toString());
    };
  }

  private static List<Integer> sizes(JsonObject model) {
    return model.getAsJsonArray("hiddenSizes").asList().stream()
        .map(JsonElement::getAsInt)
        .toList();
  }

  private static KernelShape shape(JsonArray sizes) {
    return new KernelShape(
        sizes.get(0).getAsInt(),
        sizes.get(1).getAsInt(),
        sizes.get(2).getAsInt(),
        sizes.get(3).getAsInt());
  }
}
