// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;

/** Tensors of 2^31 numbers and more end the process: no kernel and nothing on its way has them. */
class KernelLimitTest {
  private static final KernelShape BASIC = KernelShape.dense(8, 8);

  @Test
  void aKernelOf2To32WeightsIsRefusedByName() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1);
      GeneratedKernels kernels =
          new GeneratedKernels(
              new TwoLayerLinearGenerator(
                  store.root(), TwoLayerLinearGenerator.Settings.paper(BASIC, 4)));
      assertThatThrownBy(() -> kernels.add("a", KernelShape.dense(65_536, 65_536)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "generated kernel 'a': the kernel is too large; expected fewer than 2^31 numbers,"
                  + " received [1, 1, 65536, 65536] = 4294967296.");
      // 32,768^2 = 2^30 fits once, and not twice
      kernels.add("b", KernelShape.dense(32_768, 32_768));
      assertThatThrownBy(() -> kernels.add("c", KernelShape.dense(32_768, 32_768)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("generated kernel 'c': the table with this kernel is too large");
      assertThat(kernels.embeddings()).isEqualTo(4096 * 4096);
      assertThatThrownBy(() -> new KernelShape(1 << 30, 1 << 30, 1 << 30, 1 << 30))
          .isInstanceOf(UserError.class);
    }
  }

  @Test
  void everySourceRefusesIt() {
    TargetVariance target = TargetVariance.KAIMING_IN;
    Map<String, KernelShape> huge = Map.of("a", KernelShape.dense(65_536, 65_536));
    List<KernelSource> sources =
        List.of(
            new ChunkedKernels(4096, 8, List.of(16), target),
            new CoordinateKernels(List.of(16), 0, target),
            new DctKernels(0.01, target),
            new TemplatedKernels(2, target),
            EmbeddedKernels.normal(
                new OneLayerLinearGenerator.Settings(BASIC, 4, true, 1), target));
    for (KernelSource source : sources) {
      try (Graph graph = new Graph()) {
        assertThatThrownBy(() -> source.build(new ParameterStore(graph, 1).root(), huge))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("generated kernel 'a': the kernel is too large");
      }
    }
  }

  /** The kernels fit; the layer of 4,096 units for each of 2^20 weights does not: 2^32 numbers. */
  @Test
  void whatStandsBetweenIsLimitedToo() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1);
      assertThatThrownBy(
              () ->
                  new CoordinateKernels(List.of(4096), 0, TargetVariance.KAIMING_IN)
                      .build(store.root(), Map.of("a", KernelShape.dense(1024, 1024))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the largest layer for all weights of 1x1x1024x1024 is too large");
      // d = 1024 numbers for each of 8 input channels and 2^18 tiles: 2^31
      GeneratedKernels wide =
          new GeneratedKernels(
                  new TwoLayerLinearGenerator(
                      store.root().child("g"), TwoLayerLinearGenerator.Settings.paper(BASIC, 1024)))
              .add("a", KernelShape.dense(4096, 4096));
      assertThatThrownBy(() -> wide.build(store.root().child("z")))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the largest tensor between the embeddings and kernels");
    }
  }
}
