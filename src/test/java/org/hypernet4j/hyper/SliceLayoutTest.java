// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;
import static org.hypernet4j.fixtures.Arrays4.transpose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The layouts of public static hypernetworks: their stored weights as they are, and every layout in
 * plain double, one weight at a time, where all sizes differ.
 */
class SliceLayoutTest {
  /** Basic kernel 2x3, 4 in, 6 out; tiled to 3 x 2 blocks. */
  private static final KernelShape BASIC = new KernelShape(2, 3, 4, 6);

  private static final KernelShape TILED = new KernelShape(2, 3, 12, 12);
  private static final int EMBEDDING = 3;
  private static final int HIDDEN = 5;

  static List<SliceLayout> layouts() {
    List<SliceLayout> all = new ArrayList<>();
    for (SliceLayout.Rows rows : SliceLayout.Rows.values()) {
      for (SliceLayout.Columns columns : SliceLayout.Columns.values()) {
        all.add(new SliceLayout(rows, columns));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void everyLayoutTiled(SliceLayout layout) {
    TwoLayerLinearGenerator.Settings settings =
        new TwoLayerLinearGenerator.Settings(BASIC, EMBEDDING, HIDDEN, Initializers.normal(0f, 1f))
            .withLayout(layout);
    Random random = new Random(5);
    Map<String, float[]> values = new LinkedHashMap<>();
    float[] r = random(random, (int) TILED.size());
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      Map<String, Operand<TFloat32>> fetches = build(store, settings, TILED, r);
      store.initialize(session);
      store.all().forEach(p -> values.put(p.name(), random(random, (int) p.size())));
      ParameterValues.assign(session, store, values);
      Fetched actual = Fetched.of(session, fetches);

      Map<String, double[]> exact = new LinkedHashMap<>();
      values.forEach((name, v) -> exact.put(name, toDoubles(v)));
      assertThat(ParameterStore.count(store.model()))
          .isEqualTo(settings.parameterCount() + 6 * EMBEDDING);
      assertClose("kernel", actual.get("kernel"), kernel(exact, layout), 1.2e-6);
      double[] z = Objects.requireNonNull(exact.get("embeddings/k/z"));
      double[] gradient = new double[z.length];
      for (int i = 0; i < z.length; i++) {
        // linear in z: the difference quotient of any step is the gradient
        double old = z[i];
        z[i] = old + 1;
        gradient[i] = dot(kernel(exact, layout), r);
        z[i] = old;
        gradient[i] -= dot(kernel(exact, layout), r);
      }
      assertGradient("z", actual.get("embeddings/k/z"), gradient, 1.2e-6);
    }
  }

  /** Each weight from the definitions of rows and columns; see also hypernetworks' equation 2. */
  private static double[] kernel(Map<String, double[]> p, SliceLayout layout) {
    boolean inputFirst = layout.rows() == SliceLayout.Rows.INPUT;
    int slices = layout.rows() == SliceLayout.Rows.OUTPUT ? 6 : 4;
    int length = 2 * 3 * 4 * 6 / slices;
    double[] result = new double[(int) TILED.size()];
    int to = 0;
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 3; column++) {
        for (int in = 0; in < 12; in++) {
          for (int out = 0; out < 12; out++) {
            int blockIn = in / 4; // of 3
            int blockOut = out / 6; // of 2
            int tile = inputFirst ? blockIn * 2 + blockOut : blockOut * 3 + blockIn;
            int outer = inputFirst ? in % 4 : out % 6;
            int inner = inputFirst ? out % 6 : in % 4;
            int inners = inputFirst ? 6 : 4;
            int place =
                switch (layout.columns()) {
                  case HEIGHT_WIDTH_CHANNEL -> (row * 3 + column) * inners + inner;
                  case CHANNEL_HEIGHT_WIDTH -> (inner * 2 + row) * 3 + column;
                  case CHANNEL_WIDTH_HEIGHT -> (inner * 3 + column) * 2 + row;
                };
            int flat = outer * (2 * 3 * inners) + place;
            result[to++] = number(p, tile, flat / length, flat % length, slices, length);
          }
        }
      }
    }
    return result;
  }

  private static double number(
      Map<String, double[]> p, int tile, int slice, int column, int slices, int length) {
    double[] z = Objects.requireNonNull(p.get("embeddings/k/z"));
    double[] w = Objects.requireNonNull(p.get("generator/projection/W"));
    double[] b = Objects.requireNonNull(p.get("generator/projection/B"));
    double value = Objects.requireNonNull(p.get("generator/output/B"))[column];
    for (int k = 0; k < HIDDEN; k++) {
      double a = b[slice * HIDDEN + k];
      for (int e = 0; e < EMBEDDING; e++) {
        a += w[e * slices * HIDDEN + slice * HIDDEN + k] * z[tile * EMBEDDING + e];
      }
      value += Objects.requireNonNull(p.get("generator/output/W"))[k * length + column] * a;
    }
    return value;
  }

  @Test
  void weightsOfG1910AsTheyAre() {
    check(
        GoldenFiles.read("static_g1910_basic_16x16x3x3_z64"),
        "f64/grad/",
        "R",
        "z_list.0",
        KernelShape.square(3, 16, 16),
        TwoLayerLinearGenerator.Settings.paper(KernelShape.square(3, 16, 16), 64)
            .withLayout(SliceLayout.PYTORCH),
        5e-6,
        3,
        2,
        0,
        1);
  }

  @Test
  void weightsOfTheNotebookAsTheyAre() {
    check(
        GoldenFiles.read("static_mnist_notebook"),
        "f64/grad_kernel/",
        "R_kernel",
        "z_signal_2",
        KernelShape.square(7, 16, 16),
        TwoLayerLinearGenerator.Settings.paper(KernelShape.square(7, 16, 16), 4)
            .withLayout(SliceLayout.NOTEBOOK),
        4e-7,
        0,
        1,
        2,
        3);
  }

  /** Their kernel's axis i is axis {@code axes[i]} of ours. */
  private static void check(
      GoldenFiles golden,
      String gradients,
      String r,
      String embedding,
      KernelShape shape,
      TwoLayerLinearGenerator.Settings settings,
      double bound,
      int... axes) {
    int[] sizes = {shape.height(), shape.width(), shape.in(), shape.out()};
    int[] theirSizes = new int[4];
    int[] back = new int[4];
    for (int i = 0; i < 4; i++) {
      theirSizes[i] = sizes[axes[i]];
      back[axes[i]] = i;
    }
    Map<String, String> names =
        Map.of(
            "generator/output/W", "w1",
            "generator/output/B", "b1",
            "generator/projection/W", "w2",
            "generator/projection/B", "b2",
            "embeddings/k/z", embedding);
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Map<String, Operand<TFloat32>> fetches =
          build(store, settings, shape, transpose(golden.floats(r), theirSizes, back));
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      names.forEach((ours, theirs) -> values.put(ours, golden.floats("w/" + theirs)));
      ParameterValues.assign(session, store, values);
      Fetched actual = Fetched.of(session, fetches);

      assertClose(
          "kernel",
          transpose(actual.get("kernel"), sizes, axes),
          golden.doubles("f64/kernel"),
          bound);
      names.forEach(
          (ours, theirs) ->
              assertGradient(ours, actual.get(ours), golden.doubles(gradients + theirs), 2e-6));
    }
  }

  /** The kernel, and gradients of {@code sum(kernel * r)} by the names of the parameters. */
  private static Map<String, Operand<TFloat32>> build(
      ParameterStore store,
      TwoLayerLinearGenerator.Settings settings,
      KernelShape shape,
      float[] r) {
    Operand<TFloat32> kernel =
        Objects.requireNonNull(
            new EmbeddedKernels(settings, s -> Initializers.zeros())
                .build(store.root(), Map.of("k", shape))
                .get("k"));
    Ops tf = store.root().tf();
    Operand<TFloat32> loss =
        Fetched.weightedSum(
            tf, kernel, tf.constant(shape.toShape(), DataBuffers.of(r, true, false)));
    Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
    fetches.put("kernel", kernel);
    Gradients.of(loss, store.trainables()).forEach((p, g) -> fetches.put(p.name(), g));
    assertThat(kernel.shape()).isEqualTo(Shape.of(shape.toShape().asArray()));
    return fetches;
  }

  private static double dot(double[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }
}
