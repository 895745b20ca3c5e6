// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What no source of kernels can make, told before a graph is built. */
class KernelSourceErrorsTest {
  static List<KernelSource> sources() {
    TargetVariance target = TargetVariance.KAIMING_IN;
    return List.of(
        EmbeddedKernels.normal(
            new OneLayerLinearGenerator.Settings(KernelSourcesTest.BASIC, 2, true, 1), target),
        new TemplatedKernels(2, target),
        new ChunkedKernels(5, 2, List.of(), target),
        new CoordinateKernels(List.of(2), 1, target),
        new DctKernels(1, target));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void refuseAnEmptyTableAndOneTooLarge(KernelSource source) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      assertThatThrownBy(() -> source.build(store.root(), Map.of())).isInstanceOf(UserError.class);
      KernelShape large = new KernelShape(1, 3, 60_000, 60_000);
      assertThatThrownBy(() -> source.build(store.root().child("large"), Map.of("k", large)))
          .isInstanceOf(UserError.class);
    }
  }

  @Test
  void refuseSizesThatMakeNoSense() {
    TargetVariance target = TargetVariance.KAIMING_IN;
    List<Runnable> wrong =
        List.of(
            () -> new OneLayerLinearGenerator.Settings(KernelSourcesTest.BASIC, 0, true, 1),
            () -> new OneLayerLinearGenerator.Settings(KernelSourcesTest.BASIC, 1, true, 0),
            () -> new MlpGenerator.Settings(KernelSourcesTest.BASIC, 1, List.of(0), 1),
            () -> new MlpGenerator.Settings(KernelSourcesTest.BASIC, 0, List.of(1), 1),
            () -> new TemplatedKernels(0, target),
            () -> new ChunkedKernels(0, 1, List.of(1), target),
            () -> new ChunkedKernels(1, 1, List.of(-1), target),
            () -> new CoordinateKernels(List.of(), 0, target),
            () -> new CoordinateKernels(List.of(1), -1, target),
            () -> new DctKernels(0, target),
            () -> new DctKernels(1.5, target));
    assertThat(wrong)
        .allSatisfy(make -> assertThatThrownBy(make::run).isInstanceOf(UserError.class));
    assertThatThrownBy(() -> new LowRankGenerator.Settings(KernelSourcesTest.BASIC, 1, 4, 1))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "low-rank generator: the rank does not fit the kernel; expected 1 to 3 for 1x3x2x3,"
                + " received 4. Choose a smaller rank or a larger basic kernel.");
  }

  @Test
  void equalKernelsFromCoordinatesAloneAreRefused() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      CoordinateKernels source = new CoordinateKernels(List.of(3), 0, TargetVariance.XAVIER);
      assertThatThrownBy(() -> source.build(store.root(), KernelSourcesTest.TABLE))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "coordinate generator: kernels a and c would be equal; expected different shapes, or"
                  + " an embedding for each kernel, received one shape and embeddingSize 0. Set"
                  + " embeddingSize to 1 or more.");
      assertThat(store.all()).isEmpty();
    }
  }

  /** A generator of one's own that makes less than it says. */
  @Test
  void outputsThatDoNotCoverAKernelAreRefused() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      WeightGenerator short1 =
          new WeightGenerator() {
            @Override
            public int embeddingSize() {
              return 1;
            }

            @Override
            public KernelShape kernelShape() {
              return KernelSourcesTest.BASIC;
            }

            @Override
            public Operand<TFloat32> generate(Ops tf, Operand<TFloat32> z) {
              return tf.zeros(tf.constant(new int[] {1, 1, 3, 2, 2}), TFloat32.class);
            }
          };
      assertThatThrownBy(
              () ->
                  new GeneratedKernels(short1)
                      .add("k", KernelSourcesTest.BASIC)
                      .build(store.root().child("embeddings")))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "kernels has the wrong shape; expected [?, 1, 3, 2, 3], received [1, 1, 3, 2, 2]");
    }
  }
}
