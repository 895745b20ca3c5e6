// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Generated weights have the variance that theory says: {@code 2 / fan} computed here from the
 * kernel's sizes, against the mean square of the weights of many kernels.
 */
class TargetVarianceTest {
  private static final KernelShape BASIC = KernelShape.square(3, 8, 16);
  private static final KernelShape WIDE = KernelShape.square(3, 32, 16);
  private static final int EACH = 24;

  static Stream<Arguments> sources() {
    TargetVariance in = TargetVariance.KAIMING_IN;
    double variance = 2.0 / 72;
    return Stream.of(
        Arguments.of(
            "two-layer linear",
            EmbeddedKernels.normal(
                TwoLayerLinearGenerator.Settings.withVariance(BASIC, 64, 64, variance, 1), in)),
        Arguments.of(
            "one-layer linear",
            EmbeddedKernels.normal(
                new OneLayerLinearGenerator.Settings(BASIC, 64, true, variance), in)),
        Arguments.of(
            "mlp",
            EmbeddedKernels.normal(
                new MlpGenerator.Settings(BASIC, 64, List.of(128, 128), variance), in)),
        Arguments.of(
            "low-rank",
            EmbeddedKernels.normal(new LowRankGenerator.Settings(BASIC, 64, 16, variance), in)),
        Arguments.of("chunked", new ChunkedKernels(300, 64, List.of(128, 128), in)),
        Arguments.of("templated", new TemplatedKernels(64, in)),
        Arguments.of("dct", new DctKernels(0.5, in)));
  }

  /**
   * 24 kernels with the fan-in of the basic kernel and 24 of four times that. Of n independent
   * numbers the mean square is off by a share of sqrt(2 / n); kernels of one generator have some
   * thousand independent numbers, squares of squares (low-rank) fewer: 15 % is three deviations.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("sources")
  void weightsHaveTheVarianceThatTheirOwnKernelAsksFor(String name, KernelSource source) {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    for (int i = 0; i < EACH; i++) {
      table.put("basic" + i, BASIC);
      table.put("wide" + i, WIDE);
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 11L);
      Map<String, Operand<TFloat32>> kernels = source.build(store.root(), table);
      store.initialize(session);
      Fetched values = Fetched.of(session, kernels);
      // 3 x 3 x 8 = 72 inputs, 3 x 3 x 32 = 288
      assertThat(meanSquare(values, "basic") * 72 / 2).as(name).isCloseTo(1, within(0.15));
      assertThat(meanSquare(values, "wide") * 288 / 2).as(name).isCloseTo(1, within(0.15));
    }
  }

  private static double meanSquare(Fetched values, String prefix) {
    double sum = 0;
    long count = 0;
    for (Map.Entry<String, float[]> entry : values.values().entrySet()) {
      if (entry.getKey().startsWith(prefix)) {
        for (float value : entry.getValue()) {
          sum += (double) value * value;
        }
        count += entry.getValue().length;
      }
    }
    return sum / count;
  }

  /**
   * Weights by coordinates are one smooth picture, so one start says little: the mean over 16
   * networks, each off by about its own size, is off by a quarter; 0.6 is more than twice that.
   */
  @Test
  void weightsFromCoordinatesHaveItOverManyStarts() {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    table.put("basic", BASIC);
    table.put("wide", WIDE);
    double basic = 0;
    double wide = 0;
    for (int start = 0; start < 16; start++) {
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        ParameterStore store = new ParameterStore(graph, start);
        Map<String, Operand<TFloat32>> kernels =
            new CoordinateKernels(List.of(32, 32), 3, TargetVariance.KAIMING_IN)
                .build(store.root(), table);
        store.initialize(session);
        Fetched values = Fetched.of(session, kernels);
        basic += meanSquare(values, "basic") / 16;
        wide += meanSquare(values, "wide") / 16;
      }
    }
    assertThat(basic * 72 / 2).isCloseTo(1, within(0.6));
    assertThat(wide * 288 / 2).isCloseTo(1, within(0.6));
  }

  @ParameterizedTest
  @EnumSource(TargetVariance.class)
  void fansAreThoseOfTheKernel(TargetVariance target) {
    KernelShape kernel = new KernelShape(3, 5, 7, 11);
    double expected =
        switch (target) {
          case KAIMING_IN -> 2.0 / 105;
          case KAIMING_OUT -> 2.0 / 165;
          case XAVIER -> 2.0 / 270;
        };
    assertThat(target.of(kernel)).isCloseTo(expected, within(1e-12));
  }

  /**
   * 40 layers of 64 ReLUs without biases, all kernels from one generator. A layer multiplies the
   * mean square by {@code Var K fan_in / 2}: by 1 for hyperfan-in. The paper code's 0.01 gives
   * {@code Var K = (64 * 64) (0.7737e-4)^2}, so each layer takes a factor of 1,270 and 40 of them
   * everything. He's variance of 2 / 64 for the generator's own layers gives {@code Var K = 2 * 2},
   * each layer multiplies by 128, and 40 of them leave the range of float32.
   */
  @Test
  void activationsKeepTheirScaleThroughFortyLayers() {
    assertThat(
            growthOfMeanSquare(
                TwoLayerLinearGenerator.Settings.withVariance(
                    KernelShape.dense(64, 64),
                    64,
                    64,
                    TargetVariance.KAIMING_IN.of(KernelShape.dense(64, 64)),
                    1)))
        .isBetween(0.02, 50.0);
    assertThat(
            growthOfMeanSquare(
                TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(64, 64), 64)))
        .isLessThan(1e-30);
    assertThat(
            growthOfMeanSquare(
                new TwoLayerLinearGenerator.Settings(
                    KernelShape.dense(64, 64), 64, 64, Initializers.normal(0f, 0.17677669f))))
        .isGreaterThan(1e30);
  }

  private static double growthOfMeanSquare(GeneratorSettings design) {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    for (int i = 0; i < 40; i++) {
      table.put("layer" + i, KernelShape.dense(64, 64));
    }
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 5L);
      Map<String, Operand<TFloat32>> kernels =
          EmbeddedKernels.normal(design, TargetVariance.KAIMING_IN).build(store.root(), table);
      Ops tf = store.root().tf();
      Operand<TFloat32> x =
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {128, 64}), tf.constant(new int[] {1, 2}), TFloat32.class);
      for (Operand<TFloat32> kernel : kernels.values()) {
        Operand<TFloat32> w = tf.reshape(kernel, tf.constant(new int[] {64, 64}));
        x = tf.nn.relu(tf.linalg.matMul(x, w));
      }
      store.initialize(session);
      return meanSquare(Fetched.of(session, Map.of("x", x)), "x");
    }
  }
}
