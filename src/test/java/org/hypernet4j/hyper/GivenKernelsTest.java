// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * Kernels from arrays, an archive and tensors; what does not fit is said when the graph is built.
 */
class GivenKernelsTest {
  private static final NpyArray A = NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3);
  private static final NpyArray B = NpyArray.of(new double[] {0.5, -0.25}, 1, 2, 1, 1);

  private static Map<String, KernelShape> table() {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    table.put("a", new KernelShape(1, 1, 2, 3));
    table.put("group/b", new KernelShape(1, 2, 1, 1));
    return table;
  }

  @Test
  void areWhatWasGiven(@TempDir Path folder) {
    Path file = folder.resolve("kernels.npz");
    Npz.write(file, Map.of("group/b", B, "a", A));
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      GivenKernels source = GivenKernels.read(file);
      Map<String, Operand<TFloat32>> kernels = source.build(store.root(), table());
      assertThat(kernels.keySet()).containsExactly("a", "group/b");
      Map<String, Operand<TFloat32>> again = GivenKernels.of(kernels).build(store.root(), table());
      assertThat(again).isEqualTo(kernels);
      assertThat(store.all()).isEmpty();
      assertThat(source.parameterCount(table())).isZero();
      Fetched values = Fetched.of(session, kernels);
      assertThat(values.get("a")).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(values.get("group/b")).containsExactly(0.5f, -0.25f);
      assertThat(Objects.requireNonNull(kernels.get("a")).shape().asArray())
          .containsExactly(1, 1, 2, 3);
    }
  }

  @Test
  void whatDoesNotFitIsSaid() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      assertThatThrownBy(() -> GivenKernels.ofArrays(Map.of("a", A)).build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("expected [a, group/b], received [a]");
      NpyArray turned = NpyArray.of(A.floats(), 3, 2, 1, 1);
      assertThatThrownBy(
              () ->
                  GivenKernels.ofArrays(Map.of("a", turned, "group/b", B))
                      .build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("given kernels: 'a': has another shape")
          .hasMessageContaining("[1, 1, 2, 3]");
      NpyArray hole = NpyArray.of(new float[] {1, Float.NaN}, 1, 2, 1, 1);
      assertThatThrownBy(
              () ->
                  GivenKernels.ofArrays(Map.of("a", A, "group/b", hole))
                      .build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'group/b'");
      Operand<TFloat32> flat = store.root().tf().constant(new float[] {1, 2});
      assertThatThrownBy(
              () ->
                  GivenKernels.of(Map.of("a", flat, "group/b", flat)).build(store.root(), table()))
          .isInstanceOf(UserError.class);
    }
  }

  @Test
  void nullAndTensorsOfAnotherGraphAreRefused() {
    try (Graph graph = new Graph();
        Graph other = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Map<String, Operand<TFloat32>> strange =
          GivenKernels.ofArrays(Map.of("a", A, "group/b", B))
              .build(new ParameterStore(other, 1L).root(), table());
      assertThatThrownBy(() -> GivenKernels.of(strange).build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("given kernels: 'a' belongs to another graph");
      Map<String, Operand<TFloat32>> none = new LinkedHashMap<>(strange);
      none.put("a", null);
      assertThatThrownBy(() -> GivenKernels.of(none).build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("given kernels: there is none for 'a'");
      Map<String, NpyArray> noArray = new LinkedHashMap<>(Map.of("group/b", B));
      noArray.put("a", null);
      assertThatThrownBy(() -> GivenKernels.ofArrays(noArray).build(store.root(), table()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("given kernels: there is none for 'a'");
    }
  }
}
