// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.hyper.PlainHypernetwork.MIXED;
import static org.hypernet4j.hyper.PlainHypernetwork.N_C;
import static org.hypernet4j.hyper.PlainHypernetwork.beside;
import static org.hypernet4j.hyper.PlainHypernetwork.get;
import static org.hypernet4j.hyper.PlainHypernetwork.hidden;
import static org.hypernet4j.hyper.PlainHypernetwork.scaled;
import static org.hypernet4j.hyper.PlainMaths.affine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

/** Designs that make whole networks from a condition, against their equations; all sizes differ. */
class HypernetworksTest {
  /** 12 + 3 + 20 + 4 + 72 = 111 weights in 16 chunks of 7, of which the last number is dropped. */
  @Test
  void chunked() {
    ChunkedKernels design = new ChunkedKernels(7, 2, List.of(5), TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(
        design,
        MIXED,
        N_C,
        (p, c) -> {
          double[] z = beside(c, get(p, "embeddings/chunks/z"), 2);
          double[] all =
              affine(
                  hidden(p, "generator", z, 5, 5),
                  get(p, "generator/output/W"),
                  get(p, "generator/output/b"),
                  5,
                  7);
          // 2 x 2 x 1 = 4 inputs, then 5, then 1 x 3 x 4 = 12; a bias has the scale of its kernel
          Map<String, double[]> weights = new LinkedHashMap<>();
          weights.put("conv/kernel", Arrays.copyOfRange(all, 0, 12));
          weights.put("conv/bias", Arrays.copyOfRange(all, 12, 15));
          weights.put("dense/kernel", scaled(Arrays.copyOfRange(all, 15, 35), Math.sqrt(4 / 5.0)));
          weights.put("dense/bias", scaled(Arrays.copyOfRange(all, 35, 39), Math.sqrt(4 / 5.0)));
          weights.put("wide/kernel", scaled(Arrays.copyOfRange(all, 39, 111), Math.sqrt(4 / 12.0)));
          return weights;
        });
    assertThat(design.parameterCount(MIXED, N_C)).isEqualTo(16 * 2 + 6 * 5 + 6 * 7);
  }

  /** Shared ReLU layers, ReLU layers for each weight, and none at all. */
  @Test
  void heads() {
    for (boolean apart : new boolean[] {false, true}) {
      HeadKernels design = new HeadKernels(List.of(5, 6), apart, TargetVariance.XAVIER, 0);
      HypernetworkCheck.check(
          design,
          MIXED,
          N_C,
          (p, c) ->
              heads(p, name -> hidden(p, apart ? "generator/" + name : "generator", c, 3, 5, 6)));
      // 20 + 36 for each set of layers; 7 numbers for each of 111 weights
      assertThat(design.parameterCount(MIXED, N_C)).isEqualTo((apart ? 5 : 1) * 56 + 7 * 111);
    }
    HeadKernels linear = HeadKernels.of(List.of(), TargetVariance.KAIMING_IN);
    HypernetworkCheck.check(linear, MIXED, N_C, (p, c) -> heads(p, name -> c));
    assertThat(linear.parameterCount(MIXED, N_C)).isEqualTo(4 * 111);
    HypernetworkCheck.check(
        HeadKernels.aroundOne(List.of(5)),
        MIXED,
        N_C,
        (p, c) -> heads(p, name -> hidden(p, "generator/" + name, c, 3, 5)));
  }

  private static Map<String, double[]> heads(
      Map<String, double[]> p, Function<String, double[]> hidden) {
    Map<String, double[]> weights = new LinkedHashMap<>();
    MIXED
        .shapes()
        .forEach(
            (name, weight) -> {
              double[] h = hidden.apply(name);
              weights.put(
                  name,
                  affine(
                      h,
                      get(p, "generator/" + name + "/H"),
                      get(p, "generator/" + name + "/B"),
                      h.length,
                      (int) weight.size()));
            });
    return weights;
  }

  /** Networks of their own, mixed by the condition. */
  @Test
  void separateNetworks() {
    HypernetworkCheck.check(
        new SeparateNetworks(),
        MIXED,
        N_C,
        (p, c) -> {
          Map<String, double[]> weights = new LinkedHashMap<>();
          MIXED
              .shapes()
              .forEach(
                  (name, weight) ->
                      weights.put(
                          name,
                          affine(c, get(p, "networks/" + name), null, N_C, (int) weight.size())));
          return weights;
        });
  }

  /**
   * The recipes of von Oswald et al. (their repository hypercl): the numbers of Theta, generator
   * and chunk embeddings without those of the tasks, and of the weights that it makes. By hand for
   * SplitMNIST: 192 to 10 to 10 to 42,000 is 1,930 + 110 + 462,000; 12 chunk embeddings of 96.
   */
  @Test
  void thePublishedRecipesHaveTheirNumberOfParameters() {
    WeightTable split = net(784, 400, 10);
    WeightTable permuted = net(1024, 1000, 100);
    WeightTable hundred = net(1024, 1000, 1000);
    assertThat(split.size()).isEqualTo(478_410);
    assertThat(permuted.size()).isEqualTo(2_126_100);
    assertThat(hundred.size()).isEqualTo(3_027_000);
    assertThat(chunks(42_000, 96, 10, 10).parameterCount(split, 96))
        .isEqualTo(1_930 + 110 + 462_000 + 12 * 96)
        .isEqualTo(465_192);
    assertThat(chunks(78_000, 8, 25, 25).parameterCount(permuted, 24)).isEqualTo(2_029_699);
    assertThat(chunks(7_500, 12, 200, 250, 350).parameterCount(hundred, 128)).isEqualTo(2_803_648);
  }

  private static WeightTable net(int in, int hidden, int out) {
    return WeightTable.empty()
        .dense("first", in, hidden)
        .dense("second", hidden, hidden)
        .dense("output", hidden, out);
  }

  private static ChunkedKernels chunks(int size, int embedding, Integer... hidden) {
    return new ChunkedKernels(size, embedding, List.of(hidden), TargetVariance.XAVIER);
  }

  /** The sizes of a table, as the names of its weights. */
  @Test
  void tablesKeepNetworkOrder() {
    assertThat(MIXED.size()).isEqualTo(111);
    assertThat(MIXED.shapes().keySet())
        .containsExactly("conv/kernel", "conv/bias", "dense/kernel", "dense/bias", "wide/kernel");
    assertThat(MIXED.kernels().keySet())
        .containsExactly("conv/kernel", "dense/kernel", "wide/kernel");
    assertThat(Objects.requireNonNull(MIXED.shapes().get("conv/kernel")).shape())
        .isEqualTo(Shape.of(2, 2, 1, 3));
  }
}
