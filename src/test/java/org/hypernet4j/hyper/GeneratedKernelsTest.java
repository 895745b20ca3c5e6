// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Generator and tiling against equation 2 and 3 of the paper, written out in plain Java double
 * ({@link #kernel}); gradients against finite differences of that calculation.
 */
class GeneratedKernelsTest {
  /** Basic kernel 2x3, 2 in, 3 out; N_z 4, d 5; tiled to 3x2 blocks: every size is different. */
  private static final KernelShape BASIC = new KernelShape(2, 3, 2, 3);

  private static final KernelShape TILED = new KernelShape(2, 3, 6, 6);
  private static final int EMBEDDING = 4;
  private static final int HIDDEN = 5;

  /** The paper's equations, one weight at a time. */
  private static double[] kernel(Map<String, double[]> p, KernelShape shape) {
    double[] z = Objects.requireNonNull(p.get("embeddings/k/z"));
    double[] w = Objects.requireNonNull(p.get("generator/projection/W"));
    double[] b = Objects.requireNonNull(p.get("generator/projection/B"));
    double[] wOut = Objects.requireNonNull(p.get("generator/output/W"));
    double[] bOut = Objects.requireNonNull(p.get("generator/output/B"));
    int columns = shape.out() / BASIC.out();
    double[] result = new double[(int) shape.size()];
    for (int row = 0; row < BASIC.height(); row++) {
      for (int column = 0; column < BASIC.width(); column++) {
        for (int in = 0; in < shape.in(); in++) {
          for (int out = 0; out < shape.out(); out++) {
            int tile = in / BASIC.in() * columns + out / BASIC.out();
            int i = in % BASIC.in();
            int co = out % BASIC.out();
            int slice = (row * BASIC.width() + column) * BASIC.out() + co;
            double value = bOut[slice];
            for (int k = 0; k < HIDDEN; k++) {
              double a = b[i * HIDDEN + k];
              for (int e = 0; e < EMBEDDING; e++) {
                a += w[e * BASIC.in() * HIDDEN + i * HIDDEN + k] * z[tile * EMBEDDING + e];
              }
              value += wOut[k * BASIC.height() * BASIC.width() * BASIC.out() + slice] * a;
            }
            result[((row * BASIC.width() + column) * shape.in() + in) * shape.out() + out] = value;
          }
        }
      }
    }
    return result;
  }

  @Test
  void makesTheKernelOfThePaperAndItsGradients() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      Operand<TFloat32> kernel = build(store, TILED);
      Ops tf = store.root().tf();
      float[] r = random(new Random(3), (int) TILED.size());
      Operand<TFloat32> weights =
          tf.reshape(tf.constant(r), tf.constant(TILED.toShape().asArray()));
      // squared, so that the gradient depends on the kernel's value too
      Operand<TFloat32> loss =
          tf.reduceSum(
              tf.math.mul(tf.math.square(kernel), weights), tf.constant(new int[] {0, 1, 2, 3}));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      store.initialize(session);
      Random random = new Random(5);
      Map<String, float[]> values = new LinkedHashMap<>();
      store.all().forEach(p -> values.put(p.name(), random(random, (int) p.size())));
      ParameterValues.assign(session, store, values);

      Map<String, double[]> exact = new LinkedHashMap<>();
      values.forEach((name, v) -> exact.put(name, toDoubles(v)));
      assertClose(
          "kernel", TwoLayerLinearGoldenTest.fetch(session, kernel), kernel(exact, TILED), 1e-5);
      gradients.forEach(
          (parameter, gradient) ->
              assertGradient(
                  parameter.name(),
                  TwoLayerLinearGoldenTest.fetch(session, gradient),
                  finiteDifferences(exact, parameter.name(), r),
                  1e-4));
    }
  }

  private static double[] finiteDifferences(Map<String, double[]> p, String name, float[] r) {
    double[] values = Objects.requireNonNull(p.get(name));
    double[] gradient = new double[values.length];
    double step = 1e-5;
    for (int i = 0; i < values.length; i++) {
      double old = values[i];
      values[i] = old + step;
      double above = loss(p, r);
      values[i] = old - step;
      double below = loss(p, r);
      values[i] = old;
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }

  private static double loss(Map<String, double[]> p, float[] r) {
    double[] kernel = kernel(p, TILED);
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      sum += kernel[i] * kernel[i] * r[i];
    }
    return sum;
  }

  private static Operand<TFloat32> build(ParameterStore store, KernelShape shape) {
    WeightGenerator generator =
        new TwoLayerLinearGenerator(
            store.root().child("generator"),
            new TwoLayerLinearGenerator.Settings(
                BASIC, EMBEDDING, HIDDEN, Initializers.normal(0f, 1f)));
    return Objects.requireNonNull(
        new GeneratedKernels(generator)
            .add("k", shape)
            .build(store.root().child("embeddings"))
            .get("k"));
  }

  private static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian() / 2;
    }
    return values;
  }

  @Test
  void fillsAWholeTableInOneBatch() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 7L);
      WeightGenerator generator =
          new TwoLayerLinearGenerator(
              store.root().child("generator"),
              TwoLayerLinearGenerator.Settings.paper(KernelShape.square(3, 16, 16), 64));
      GeneratedKernels table =
          new GeneratedKernels(generator)
              .add("a", KernelShape.square(3, 16, 32))
              .add("b", KernelShape.square(3, 32, 64))
              .add("c", KernelShape.square(3, 16, 16));
      Map<String, Operand<TFloat32>> kernels = table.build(store.root().child("embeddings"));
      store.initialize(session);

      // 32 in, 64 out is 2 x 4 basic kernels: the example under equation 3 of the paper
      assertThat(table.embeddings("b")).isEqualTo(8);
      assertThat(table.embeddings()).isEqualTo(2 + 8 + 1);
      assertThat(kernels.keySet()).containsExactly("a", "b", "c");
      assertThat(Objects.requireNonNull(kernels.get("b")).shape().asArray())
          .containsExactly(3, 3, 32, 64);
      // one product for all embeddings, not one for each kernel
      assertThat(countOps(graph, "MatMul")).isEqualTo(2);
      // a kernel is the same whether it is generated alone or in a table
      float[] alone;
      try (Graph other = new Graph();
          Session otherSession = new Session(other)) {
        ParameterStore otherStore = new ParameterStore(other, 7L);
        WeightGenerator same =
            new TwoLayerLinearGenerator(
                otherStore.root().child("generator"),
                TwoLayerLinearGenerator.Settings.paper(KernelShape.square(3, 16, 16), 64));
        Operand<TFloat32> b =
            Objects.requireNonNull(
                new GeneratedKernels(same)
                    .add("b", KernelShape.square(3, 32, 64))
                    .build(otherStore.root().child("embeddings"))
                    .get("b"));
        otherStore.initialize(otherSession);
        alone = TwoLayerLinearGoldenTest.fetch(otherSession, b);
      }
      assertClose(
          "kernel b",
          TwoLayerLinearGoldenTest.fetch(session, Objects.requireNonNull(kernels.get("b"))),
          toDoubles(alone),
          1e-7);
    }
  }

  private static long countOps(Graph graph, String type) {
    long[] count = {0};
    graph.operations().forEachRemaining(op -> count[0] += op.type().equals(type) ? 1 : 0);
    return count[0];
  }

  // N_in, N_out, f, N_z, d: the paper's formula N_z D + d (N_z + 1) N_in + f N_out f (d + 1)
  // worked out by hand for MNIST (4,240) and for the Wide ResNet generator (75,920)
  @ParameterizedTest
  @CsvSource({"16,16,7,4,4,4240", "16,16,3,64,64,75920", "2,3,1,4,5,68"})
  void countsParametersAsThePaperDoes(int in, int out, int f, int size, int d, long expected) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      TwoLayerLinearGenerator.Settings settings =
          new TwoLayerLinearGenerator.Settings(
              KernelShape.square(f, in, out), size, d, Initializers.zeros());
      assertThat(new TwoLayerLinearGenerator(store.root(), settings).embeddingSize())
          .isEqualTo(size);
      assertThat(ParameterStore.count(store.model()))
          .isEqualTo(expected)
          .isEqualTo(settings.parameterCount());
    }
  }

  @Test
  void refusesKernelsThatCannotBeTiled() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      WeightGenerator generator =
          new TwoLayerLinearGenerator(
              store.root(), TwoLayerLinearGenerator.Settings.paper(BASIC, EMBEDDING));
      assertThatThrownBy(
              () -> new GeneratedKernels(generator).add("k", new KernelShape(2, 3, 3, 3)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "generated kernel 'k': cannot be tiled from the basic kernel; expected 2x3 with input"
                  + " channels a multiple of 2 and output channels a multiple of 3, received"
                  + " 2x3x3x3. Change the layer or the generator's basic kernel.");
      assertThatThrownBy(
              () ->
                  new GeneratedKernels(generator)
                      .add("k", BASIC)
                      .build(
                          store.root().tf(),
                          Map.of("k", store.root().tf().constant(new float[2][EMBEDDING]))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("z has the wrong shape; expected [1, 4], received [2, 4]");
      assertThatThrownBy(() -> new KernelShape(0, 1, 1, 1)).isInstanceOf(UserError.class);
    }
  }
}
