// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.GeneratorSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Every generator by its name in a specification, for one kernel and for those of a ResNet. */
class SpecGeneratorsTest {
  private static final Map<String, KernelShape> MNIST = Map.of("k", KernelShape.square(7, 16, 16));

  /** What a specification holds a generator in. */
  record Holder(@Doc("Where the kernel comes from") GeneratorSpec kernel) {}

  private static GeneratorSpec spec(String json) {
    return SpecReader.read(Holder.class, "{\"kernel\": " + json + "}", "x.json").kernel();
  }

  private static String json(String type, @Nullable String keys) {
    return "{\"type\": \"" + type + "\"" + (keys == null ? "" : ", " + keys) + "}";
  }

  /** The kernels of a WRN-10-1, which come in five shapes. */
  private static Map<String, KernelShape> wideResNet() {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    int in = 16;
    for (int out : new int[] {16, 32, 64}) {
      table.put("group" + out + "a", KernelShape.square(3, in, out));
      table.put("group" + out + "b", KernelShape.square(3, out, out));
      in = out;
    }
    return table;
  }

  // By the formulas of docs/generators.md with the default sizes, worked out by hand. MNIST has
  // 12,544 weights; the ResNet 2,304 + 2,304 + 4,608 + 9,216 + 18,432 + 36,864 = 73,728, which are
  // 1 + 1 + 2 + 4 + 8 + 16 = 32 basic kernels of 2,304.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "two-layer-linear, 4244, 1168",
    // 16 (4*4 + 4) + 784 (4 + 1) + 4;  16 (4*4 + 4) + 144 (4 + 1) + 32*4
    "one-layer-linear, 62724, 11648",
    "mlp, 415304, 77632",
    "chunked, 4888, 6800",
    "templated, 50180, 285720",
    "low-rank, 16004, 3328",
    "coordinate, 801, 801",
    "dct, 3136, 18432"
  })
  void parametersAsTheFormulasSay(String type, long mnist, long resNet) {
    // two kernels of one shape need an embedding to tell them apart: 25 weights each number in the
    // first layer, and one number for each kernel
    boolean coordinate = type.equals("coordinate");
    assertThat(count(spec(json(type, null)), MNIST)).isEqualTo(mnist);
    assertThat(count(spec(json(type, coordinate ? "\"embeddingSize\": 2" : null)), wideResNet()))
        .isEqualTo(coordinate ? resNet + 2 * 25 + 6 * 2 : resNet);
  }

  private static long count(GeneratorSpec spec, Map<String, KernelShape> table) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Map<String, Operand<TFloat32>> kernels = SpecKernels.of(spec).build(store.root(), table);
      store.initialize(session);
      Fetched values = Fetched.of(session, kernels);
      table.forEach(
          (name, shape) -> {
            float[] kernel = values.get(name);
            assertThat(kernel).hasSize((int) shape.size());
            double sum = 0;
            for (float value : kernel) {
              sum += value * value;
            }
            assertThat(sum).isPositive().isFinite();
          });
      assertThat(kernels.keySet()).containsExactlyElementsOf(table.keySet());
      long count = ParameterStore.count(store.model());
      assertThat(SpecGenerators.of(spec, table).parameterCount(table)).isEqualTo(count);
      return count;
    }
  }

  /** 32 basic kernels of a ResNet in a few ops, not in some for each. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "two-layer-linear, 2",
    "one-layer-linear, 1",
    "mlp, 3",
    "chunked, 2",
    "templated, 5",
    "low-rank, 2",
    "coordinate, 25",
    "dct, 10"
  })
  void productsAreBatched(String type, int most) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      String keys = type.equals("coordinate") ? "\"embeddingSize\": 2" : null;
      SpecKernels.of(spec(json(type, keys))).build(store.root(), wideResNet());
      int[] products = {0};
      graph.operations().forEachRemaining(op -> products[0] += op.type().equals("MatMul") ? 1 : 0);
      assertThat(products[0]).isEqualTo(most);
    }
  }

  // 2 / (49 * 16) for both fans, 2 / (49 * 32) for their sum; 64 numbers in z keep chance small
  @ParameterizedTest
  @CsvSource({"hyperfan-in, 0.0025510", "hyperfan-out, 0.0025510", "hyperfan-xavier, 0.0012755"})
  void thePapersGeneratorCanBeginWithAChosenVariance(String initialisation, double variance) {
    GeneratorSpec spec =
        spec(
            json(
                "two-layer-linear",
                "\"embeddingSize\": 256, \"hiddenSize\": 64, \"initialisation\": \""
                    + initialisation
                    + "\""));
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Map<String, Operand<TFloat32>> kernels = SpecKernels.of(spec).build(store.root(), MNIST);
      store.initialize(session);
      double sum = 0;
      float[] kernel = Fetched.of(session, kernels).get("k");
      for (float value : kernel) {
        sum += value * value;
      }
      assertThat(sum / kernel.length / variance).isCloseTo(1, within(0.25));
    }
  }

  @Test
  void whatCannotBeMadeIsRefused() {
    Map<String, KernelShape> twoWindows = new LinkedHashMap<>(MNIST);
    twoWindows.put("small", KernelShape.square(3, 16, 16));
    assertRefused("one-layer-linear", null, twoWindows, "'small': cannot be tiled");
    assertRefused("mlp", "\"basicIn\": 5", MNIST, "input channels a multiple of 5");
    assertRefused("low-rank", "\"rank\": 17", MNIST, "expected 1 to 16 for 7x7x16x16");
    assertRefused("coordinate", null, wideResNet(), "group16a and group16b would be equal");
    assertRefused(
        "two-layer-linear",
        "\"initialisation\": \"hyperfan-in\", \"embeddingMean\": 0, \"embeddingStddev\": 0",
        MNIST,
        "embeddings that begin at zero give no weight a variance");
    // what takes no notice of windows and blocks can make them
    for (String type : List.of("chunked", "templated", "coordinate", "dct")) {
      assertThat(count(spec(json(type, null)), twoWindows)).isPositive();
    }
  }

  private static void assertRefused(
      String type, @Nullable String keys, Map<String, KernelShape> table, String message) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      GeneratorSpec spec = spec(json(type, keys));
      assertThatThrownBy(() -> SpecKernels.of(spec).build(store.root(), table))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(message);
    }
  }
}
