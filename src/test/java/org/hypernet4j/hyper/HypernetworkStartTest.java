// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Initializers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Generated weights begin with the variance {@code 2 / fan} that their own kernel requires, for
 * conditions with the second moment 1, in every design.
 */
class HypernetworkStartTest {
  private static final KernelShape BASIC = KernelShape.square(3, 8, 16);
  private static final KernelShape WIDE = KernelShape.square(3, 32, 16);
  private static final int EACH = 6;
  private static final int N_C = 48;

  static Stream<Arguments> designs() {
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
                new MlpGenerator.Settings(BASIC, 64, List.of(256, 256), variance), in)),
        Arguments.of(
            "low-rank",
            EmbeddedKernels.normal(new LowRankGenerator.Settings(BASIC, 64, 16, variance), in)),
        Arguments.of("chunked", new ChunkedKernels(300, 64, List.of(256, 256), in)),
        Arguments.of("templated", new TemplatedKernels(64, in)),
        Arguments.of("dct", new DctKernels(0.5, in)),
        Arguments.of("heads", HeadKernels.of(List.of(256), in)));
  }

  /**
   * Six kernels with the fan-in of the basic kernel and six of four times that, for 16 conditions.
   * What varies most are embeddings and the generators' own hidden numbers; over the seeds 1, 2, 3
   * and 11 the ratios lie between 0.88 and 1.18.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("designs")
  void weightsHaveTheVarianceThatTheirOwnKernelAsksFor(String name, ConditionalSource design) {
    try (TestGraph test = new TestGraph(3)) {
      Fetched values = start(test, design, 16);
      // 3 x 3 x 8 = 72 inputs, 3 x 3 x 32 = 288
      assertThat(meanSquare(values, "basic") * 72 / 2).as(name).isCloseTo(1, within(0.15));
      assertThat(meanSquare(values, "wide") * 288 / 2).as(name).isCloseTo(1, within(0.15));
    }
  }

  private static Fetched start(TestGraph test, ConditionalSource design, int rows) {
    WeightTable table = WeightTable.empty();
    for (int i = 0; i < EACH; i++) {
      table = table.with("basic" + i + "/kernel", kernel(BASIC));
      table = table.with("wide" + i + "/kernel", kernel(WIDE));
    }
    Ops tf = test.tf;
    Map<String, Operand<TFloat32>> weights =
        design.conditioned(test.store.root(), table, N_C).generate(tf, signs(tf, rows));
    test.store.initialize(test.session);
    return Fetched.of(test.session, weights);
  }

  /** Plus and minus 1: the second moment is 1 exactly, not by and large. */
  private static Condition signs(Ops tf, int rows) {
    return Condition.of(
        tf.math.sign(Condition.noise(tf, rows, N_C, 3, "c", tf.constant(0L)).value()));
  }

  private static WeightShape kernel(KernelShape kernel) {
    return new WeightShape(kernel.toShape(), kernel, Initializers.heNormal());
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
   * Weights by coordinates are smooth pictures: a mean over starts, with half its size to spare.
   */
  @Test
  void weightsFromCoordinatesHaveItOverManyStarts() {
    double basic = 0;
    double wide = 0;
    for (int start = 0; start < 8; start++) {
      try (TestGraph test = new TestGraph(start)) {
        Fetched values =
            start(test, new CoordinateKernels(List.of(64), 3, TargetVariance.KAIMING_IN), 4);
        basic += meanSquare(values, "basic") / 8;
        wide += meanSquare(values, "wide") / 8;
      }
    }
    assertThat(basic * 72 / 2).isCloseTo(1, within(0.5));
    assertThat(wide * 288 / 2).isCloseTo(1, within(0.5));
  }

  /**
   * B holds the values of an ordinary network, He's variance 2 / 72. What the condition adds has
   * the variance (0.01)^2 2 / n_L for each of n_L hidden numbers with the second moment 1: 2e-4.
   */
  @Test
  void headsAroundOneNetworkBeginWithNearlyThat() {
    WeightTable table = WeightTable.empty().with("k/kernel", kernel(BASIC));
    try (TestGraph test = new TestGraph(2)) {
      Ops tf = test.tf;
      Operand<TFloat32> made =
          Objects.requireNonNull(
              HeadKernels.aroundOne(List.of(256))
                  .conditioned(test.store.root(), table, N_C)
                  .generate(tf, signs(tf, 16))
                  .get("k/kernel"));
      test.store.initialize(test.session);
      Operand<TFloat32> start = test.store.get("generator/k/kernel/B").value();
      Operand<TFloat32> added =
          tf.math.sub(tf.reshape(made, tf.constant(new int[] {16, -1})), start);
      Fetched values = Fetched.of(test.session, Map.of("start", start, "added", added));
      assertThat(meanSquare(values, "start") * 72 / 2).isCloseTo(1, within(0.15));
      assertThat(meanSquare(values, "added") / 2e-4).isCloseTo(1, within(0.15));
    }
  }
}
