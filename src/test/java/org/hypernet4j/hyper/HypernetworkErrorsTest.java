// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.hyper.PlainHypernetwork.BASIC;
import static org.hypernet4j.hyper.PlainHypernetwork.N_C;
import static org.hypernet4j.hyper.PlainHypernetwork.TILED;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Initializers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** What no hypernetwork can make, told before TensorFlow sees it. */
class HypernetworkErrorsTest {
  private static final TargetVariance TARGET = TargetVariance.KAIMING_IN;

  static List<ConditionalSource> designs() {
    return List.of(
        EmbeddedKernels.normal(new OneLayerLinearGenerator.Settings(BASIC, 5, true, 1), TARGET),
        new TemplatedKernels(2, TARGET),
        new ChunkedKernels(5, 2, List.of(), TARGET),
        new CoordinateKernels(List.of(2), 1, TARGET),
        new DctKernels(1, TARGET),
        HeadKernels.of(List.of(2), TARGET),
        HeadKernels.aroundOne(List.of(2)),
        new SeparateNetworks(),
        new SharedNetwork());
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessage(message);
  }

  private static void refusedWith(ThrowingCallable call, String part) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(part);
  }

  @ParameterizedTest
  @MethodSource("designs")
  void refuseAnEmptyTableAndAConditionWithoutNumbers(ConditionalSource design) {
    try (TestGraph test = new TestGraph()) {
      String empty = "weights of a network: the table is empty; expected at least one weight.";
      String nothing = "hypernetwork: the length of a condition must be positive; received 0.";
      WeightTable none = WeightTable.empty();
      refused(() -> design.conditioned(test.store.root(), none, N_C), empty);
      refused(() -> design.parameterCount(none, N_C), empty);
      refused(() -> design.conditioned(test.store.root(), TILED, 0), nothing);
      refused(() -> design.parameterCount(TILED, 0), nothing);
      assertThat(test.store.all()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("designs")
  void refuseAConditionOfAnotherLength(ConditionalSource design) {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Hypernetwork made = design.conditioned(test.store.root(), TILED, N_C);
      refusedWith(
          () -> made.generate(tf, Condition.of(tf.constant(new float[] {1, 2}))),
          "condition has the wrong shape; expected [3], received [2].");
      refusedWith(
          () -> made.generate(tf, Condition.of(placeholder(tf, -1, 4))),
          "condition has the wrong shape; expected [?, 3], received [?, 4].");
      if (!(design instanceof SharedNetwork)) {
        // 2^25 rows of 72 weights: 9 * 2^28
        refusedWith(
            () -> made.generate(tf, Condition.of(placeholder(tf, 1L << 25, N_C))),
            "'deep/b/kernel' of all rows is too large; expected fewer than 2^31 numbers, received"
                + " [33554432, 72] = 2415919104.");
      }
    }
  }

  private static Operand<TFloat32> placeholder(Ops tf, long... sizes) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(sizes)));
  }

  @Test
  void tilesNeedAnEmbeddingBesideTheCondition() {
    try (TestGraph test = new TestGraph()) {
      EmbeddedKernels narrow =
          EmbeddedKernels.normal(new OneLayerLinearGenerator.Settings(BASIC, 2, true, 1), TARGET);
      String few =
          "hypernetwork of tiled kernels: the generator reads fewer numbers than the condition has;"
              + " expected an embeddingSize of at least 3, received 2. EmbeddingSize is the length"
              + " of condition and embedding together.";
      refused(() -> narrow.parameterCount(TILED, 3), few);
      refused(() -> narrow.conditioned(test.store.root().child("a"), TILED, 3), few);
      refusedWith(
          () -> narrow.conditioned(test.store.root().child("b"), TILED, 2),
          "all basic kernels would be equal: nothing but the condition tells them apart");
      EmbeddedKernels wide =
          EmbeddedKernels.normal(
              new OneLayerLinearGenerator.Settings(KernelShape.dense(2, 3), 4, true, 1), TARGET);
      refusedWith(
          () -> wide.conditioned(test.store.root().child("c"), TILED, 3),
          "generated kernel 'a/kernel': cannot be tiled from the basic kernel");
    }
  }

  @Test
  void coordinatesNeedAnEmbeddingForKernelsOfOneShape() {
    try (TestGraph test = new TestGraph()) {
      CoordinateKernels design = new CoordinateKernels(List.of(3), 0, TARGET);
      refusedWith(
          () -> design.conditioned(test.store.root(), TILED, N_C),
          "kernels a/kernel and c would be equal");
      WeightTable biases = WeightTable.empty().with("b/bias", WeightShape.bias(BASIC));
      refused(
          () -> design.conditioned(test.store.root(), biases, N_C),
          "hypernetwork of coordinates: the table holds no kernel; expected at least one: a bias"
              + " has no coordinates, received [b/bias].");
      assertThat(test.store.all()).isEmpty();
    }
  }

  /** N_c and N_z of 2^31 - 1 each do not become a negative number. */
  @Test
  void sizesDoNotOverflow() {
    int most = Integer.MAX_VALUE;
    String large = "condition and embedding together is too large";
    try (TestGraph test = new TestGraph()) {
      for (ConditionalSource design :
          List.<ConditionalSource>of(
              new ChunkedKernels(5, most, List.of(), TARGET),
              new CoordinateKernels(List.of(2), most, TARGET))) {
        refusedWith(() -> design.conditioned(test.store.root(), TILED, most), large);
      }
      refusedWith(
          () ->
              new LowRankHeads(
                  test.store.root(),
                  new LowRankHeads.Settings(1, 1, most, List.of()),
                  TILED,
                  List.of("c"),
                  most),
          large);
      assertThat(test.store.all()).isEmpty();
      WeightTable table = WeightTable.empty().dense("a", 1 << 15, 1 << 15);
      refusedWith(() -> table.dense("b", 1 << 15, 1 << 15), "weight 'b/kernel': the table with it");
    }
  }

  @Test
  void headsWithoutSense() {
    for (double spread : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refusedWith(
          () -> new HeadKernels(List.of(2), true, TARGET, spread), "the spread is out of range");
    }
    refusedWith(() -> HeadKernels.of(List.of(0), TARGET), "hidden sizes must be positive");
  }

  @Test
  void weightsThatAreNeitherAKernelNorItsBias() {
    KernelShape dense = KernelShape.dense(2, 3);
    for (Shape shape :
        List.of(
            Shape.of(3, 2),
            Shape.of(6),
            Shape.of(1, 3),
            Shape.scalar(),
            Shape.of(-1, 3),
            Shape.unknown())) {
      refusedWith(
          () -> new WeightShape(shape, dense, Initializers.zeros()),
          "is neither a kernel nor its bias; expected [2, 3], [1, 1, 2, 3] or, for the bias, [3],"
              + " received ");
    }
    refusedWith(
        () -> new WeightShape(Shape.of(6, 3), BASIC, Initializers.zeros()),
        "expected [1, 3, 2, 3] or, for the bias, [3], received [6, 3].");
    refused(
        () -> WeightTable.empty().dense("a", 1, 1).dense("a", 2, 2),
        "weight 'a/kernel': the name is taken.");
    refusedWith(() -> WeightTable.empty().dense("a", 0, 1), "sizes must be positive");
    refusedWith(() -> WeightTable.empty().conv2d("a", -1, 1, 1), "sizes must be positive");
  }

  @Test
  void namesMustBeThoseOfScopes() {
    for (String name : List.of("", "a b", "/kernel", "a//kernel", "a/", "\u00e4/kernel")) {
      refusedWith(
          () -> WeightTable.empty().with(name, WeightShape.dense(2, 3)),
          "weight '" + name + "': not a valid name; expected letters, digits");
    }
    assertThat(WeightTable.empty().dense("a-1.b/c_2", 2, 3).size()).isEqualTo(9);
  }

  @Test
  void adaptersWithoutSense() {
    refusedWith(() -> new LowRankHeads.Settings(0, 1, 1, List.of()), "received rank 0");
    refusedWith(() -> new LowRankHeads.Settings(1, 1, 0, List.of()), "embeddingSize 0");
    refusedWith(() -> new LowRankHeads.Settings(1, Float.NaN, 1, List.of()), "scale NaN");
    try (TestGraph test = new TestGraph()) {
      refusedWith(
          () -> adapters(test, 1, List.of("a/kernel", "b/kernel")),
          "the network has no such kernel; expected some of [a/kernel, deep/b/kernel, c], received"
              + " b/kernel.");
      refusedWith(() -> adapters(test, 1, List.of("a/bias")), "the network has no such kernel");
      refusedWith(() -> adapters(test, 1, List.of()), "there is no kernel to change");
      refusedWith(
          () -> adapters(test, 1, List.of("c", "c")), "a kernel is named twice; received c");
      refusedWith(
          () -> adapters(test, 4, List.of("c")),
          "the rank does not fit 'c'; expected 1 to 3 for 1x3x2x3, received 4.");
      assertThat(test.store.all()).isEmpty();
      LowRankHeads heads = adapters(test, 3, List.of("c"));
      assertThat(heads.kernels()).containsExactly("c");
      refusedWith(
          () -> heads.generate(test.tf, Condition.of(test.tf.constant(new float[] {1, 2}))),
          "condition has the wrong shape; expected [3], received [2].");
      refusedWith(
          () -> heads.generate(test.tf, Condition.of(placeholder(test.tf, 1L << 28, N_C))),
          "the factors of 'c' of all rows is too large");
    }
  }

  private static LowRankHeads adapters(TestGraph test, int rank, List<String> kernels) {
    return new LowRankHeads(
        test.store.root(), new LowRankHeads.Settings(rank, 1, 2, List.of(2)), TILED, kernels, N_C);
  }

  @Test
  void factorsThatCannotBeMultiplied() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      long[][][] wrong = {
        {{4}, {4}},
        {{4, 2}, {3, 5}},
        {{4, 2}, {1, 2, 5}},
        {{3, 4, 2}, {2, 2, 5}},
        {{-1, 2}, {2, 5}},
        {{4, -1}, {-1, 5}},
        {{4, 2}, {2, -1}}
      };
      for (long[][] shapes : wrong) {
        refusedWith(
            () -> new LowRankChange(placeholder(tf, shapes[0]), placeholder(tf, shapes[1]), 1),
            "the factors cannot be multiplied");
      }
      refusedWith(
          () ->
              new LowRankChange(
                  placeholder(tf, 4, 2), placeholder(tf, 2, 5), Float.POSITIVE_INFINITY),
          "the scale must be finite");
      assertThat(
              new LowRankChange(placeholder(tf, -1, 4, 2), placeholder(tf, 3, 2, 5), 1).hasRows())
          .isTrue();
    }
  }
}
