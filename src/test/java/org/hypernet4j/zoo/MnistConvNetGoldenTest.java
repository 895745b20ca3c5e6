// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.transpose;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.GivenKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.hyper.WeightGenerator;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The whole network against the authors' MNIST notebook: logits, loss, and the gradient of every
 * parameter, from the float64 run of their code.
 *
 * <p>Their kernel is ours with the two channel axes exchanged (see {@code
 * TwoLayerLinearGoldenTest}), so the network gets the transposed tensor here. All other parameters
 * have the same layout: kernels HWIO, the dense kernel {@code [784, 10]} over an NHWC flattening.
 */
class MnistConvNetGoldenTest {
  @Test
  void agreesWithTheNotebook() {
    GoldenFiles golden = GoldenFiles.read("static_mnist_notebook");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      KernelShape shape = KernelShape.square(7, 16, 16);
      WeightGenerator generator =
          new TwoLayerLinearGenerator(
              store.root().child("generator"), TwoLayerLinearGenerator.Settings.paper(shape, 4));
      Operand<TFloat32> paper =
          Objects.requireNonNull(
              new GeneratedKernels(generator)
                  .add("conv2", shape)
                  .build(store.root().child("embeddings"))
                  .get("conv2"));
      Ops tf = store.root().tf();
      ImageClassifier net =
          new MnistConvNet(
              store.root(),
              MnistConvNet.Settings.PAPER,
              GivenKernels.of(
                  Map.of(
                      "conv2", tf.linalg.transpose(paper, tf.constant(new int[] {0, 1, 3, 2})))));
      Operand<TFloat32> images =
          tf.constant(Shape.of(4, 28, 28, 1), DataBuffers.of(golden.floats("images"), true, false));
      Operand<TFloat32> logits = net.logits(tf.withSubScope("net"), images);
      Operand<TFloat32> loss =
          new SparseCategoricalCrossentropy(true)
              .call(tf, tf.constant(classes(golden.floats("labels"))), logits);
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      values.put(
          "generator/output/W",
          transpose(golden.floats("w/w1"), new int[] {4, 16, 7, 7}, 0, 3, 2, 1));
      values.put(
          "generator/output/B", transpose(golden.floats("w/b1"), new int[] {16, 7, 7}, 2, 1, 0));
      NAMES.forEach((ours, theirs) -> values.put(ours, golden.floats("w/" + theirs)));
      ParameterValues.assign(session, store, values);

      assertClose("logits", fetch(session, logits), golden.doubles("f64/logits"), 1e-5);
      assertClose("loss", fetch(session, loss), golden.doubles("f64/loss"), 5e-6);
      gradients.forEach(
          (parameter, gradient) -> {
            float[] actual = fetch(session, gradient);
            String name = parameter.name();
            if (name.equals("generator/output/W")) {
              actual = transpose(actual, new int[] {4, 7, 7, 16}, 0, 3, 2, 1);
            } else if (name.equals("generator/output/B")) {
              actual = transpose(actual, new int[] {7, 7, 16}, 2, 1, 0);
            }
            String theirs =
                switch (name) {
                  case "generator/output/W" -> "w1";
                  case "generator/output/B" -> "b1";
                  default -> Objects.requireNonNull(NAMES.get(name));
                };
            assertGradient(name, actual, golden.doubles("f64/grad_loss/" + theirs), 4e-6);
          });
    }
  }

  /** The layout of the notebook in the specification: its weights as they are. */
  @Test
  void takesTheNotebooksWeightsAsTheyAre() {
    GoldenFiles golden = GoldenFiles.read("static_mnist_notebook");
    MnistConvNetSpec spec =
        SpecReader.read(
            MnistConvNetSpec.class,
            """
            {"kernel2": {"type": "two-layer-linear",
              "rows": "output-view", "columns": "channel-width-height"}}
            """,
            "x.json");
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      check(golden, store, SpecModels.imageClassifier(store.root(), spec), true);
    }
  }

  /** The notebook's kernel as an array; nothing generates it. */
  @Test
  void takesTheNotebooksKernel() {
    GoldenFiles golden = GoldenFiles.read("static_mnist_notebook");
    NpyArray kernel = NpyArray.of(golden.doubles("f64/kernel"), golden.shape("f64/kernel"));
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      ImageClassifier net =
          new MnistConvNet(
              store.root(),
              MnistConvNet.Settings.PAPER,
              GivenKernels.ofArrays(Map.of("conv2", kernel)));
      assertThat(net.generatedKernels()).containsOnlyKeys("conv2/kernel");
      check(golden, store, net, false);
    }
  }

  /** Logits, loss and gradients; parameters have the layout of the notebook. */
  private static void check(
      GoldenFiles golden, ParameterStore store, ImageClassifier net, boolean generated) {
    Map<String, String> names = new LinkedHashMap<>(NAMES);
    names.put("generator/output/W", "w1");
    names.put("generator/output/B", "b1");
    if (!generated) {
      names.keySet().removeIf(name -> name.startsWith("generator/") || name.startsWith("embed"));
    }
    assertThat(store.model())
        .extracting(Parameter::name)
        .containsExactlyInAnyOrderElementsOf(names.keySet());
    try (Session session = new Session(store.graph())) {
      Ops tf = store.root().tf();
      Operand<TFloat32> logits = net.logits(tf, Fetched.constant(tf, golden, "images"));
      Operand<TFloat32> loss =
          new SparseCategoricalCrossentropy(true)
              .call(tf, tf.constant(classes(golden.floats("labels"))), logits);
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("logits", logits);
      fetches.put("loss", loss);
      Gradients.of(loss, store.trainables()).forEach((p, g) -> fetches.put(p.name(), g));
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      names.forEach((ours, theirs) -> values.put(ours, golden.floats("w/" + theirs)));
      ParameterValues.assign(session, store, values);
      Fetched actual = Fetched.of(session, fetches);

      assertClose("logits", actual.get("logits"), golden.doubles("f64/logits"), 1e-5);
      assertClose("loss", actual.get("loss"), golden.doubles("f64/loss"), 5e-6);
      names.forEach(
          (ours, theirs) ->
              assertGradient(
                  ours, actual.get(ours), golden.doubles("f64/grad_loss/" + theirs), 4e-6));
    }
  }

  private static final Map<String, String> NAMES =
      Map.of(
          "generator/projection/W", "w2",
          "generator/projection/B", "b2",
          "embeddings/conv2/z", "z_signal_2",
          "conv1/kernel", "conv1_weights",
          "conv1/bias", "conv1_biases",
          "conv2/bias", "conv2_biases",
          "dense/kernel", "fc_final/super_linear_w",
          "dense/bias", "fc_final/super_linear_b");

  private static int[] classes(float[] oneHot) {
    int[] classes = new int[oneHot.length / 10];
    for (int i = 0; i < oneHot.length; i++) {
      if (oneHot[i] == 1f) {
        classes[i / 10] = i % 10;
      }
    }
    return classes;
  }

  private static float[] fetch(Session session, Operand<TFloat32> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] flat = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(flat);
      return flat;
    }
  }
}
