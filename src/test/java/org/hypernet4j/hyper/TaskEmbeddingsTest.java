// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Kernels by task: for one task, for a batch of tasks, and one by one from the same rows. */
class TaskEmbeddingsTest {
  private static final KernelShape BASIC = new KernelShape(1, 2, 2, 3);

  @Test
  void examplesGetTheKernelsOfTheirTasks() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Ops tf = store.root().tf();
      GeneratedKernels table =
          new GeneratedKernels(
                  new MlpGenerator(
                      store.root().child("generator"),
                      new MlpGenerator.Settings(BASIC, 4, List.of(5), 1)))
              .add("first", new KernelShape(1, 2, 4, 6))
              .add("second", BASIC);
      TaskEmbeddings tasks =
          new TaskEmbeddings(
              store.root().child("tasks"), 3, table.embeddings(), 4, Initializers.normal(0f, 1f));
      int[] ids = {2, 0, 2};
      Map<String, Operand<TFloat32>> each =
          table.buildPerExample(tf, tasks.ofEach(tf, tf.constant(ids)));
      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      each.forEach((name, kernels) -> fetches.put("each/" + name, kernels));
      for (int task : new int[] {0, 2}) {
        table
            .build(tf, tasks.of(tf, tf.constant(task)))
            .forEach((name, kernel) -> fetches.put(task + "/" + name, kernel));
      }
      // tasks 0 and 2 are used, task 1 is not
      fetches.put(
          "gradient",
          Objects.requireNonNull(
              Gradients.of(
                      tf.reduceSum(
                          tf.reshape(
                              Objects.requireNonNull(each.get("first")),
                              tf.constant(new int[] {-1})),
                          tf.constant(0)),
                      List.of(store.get("tasks/z")))
                  .get(store.get("tasks/z"))));
      store.initialize(session);
      Fetched values = Fetched.of(session, fetches);

      assertThat(Objects.requireNonNull(each.get("first")).shape().asArray())
          .containsExactly(3, 1, 2, 4, 6);
      for (String name : new String[] {"first", "second"}) {
        float[] all = values.get("each/" + name);
        int size = all.length / ids.length;
        for (int n = 0; n < ids.length; n++) {
          assertThat(Arrays.copyOfRange(all, n * size, (n + 1) * size))
              .containsExactly(values.get(ids[n] + "/" + name), within(1e-6f));
        }
      }
      float[] gradient = values.get("gradient");
      int row = gradient.length / 3;
      assertThat(Arrays.copyOfRange(gradient, row, 2 * row)).containsOnly(0f);
      assertThat(Arrays.copyOfRange(gradient, 0, row)).isNotEqualTo(new float[row]);
      assertThat(Arrays.copyOfRange(gradient, 2 * row, 3 * row)).isNotEqualTo(new float[row]);
    }
  }

  @Test
  void refusesSizesAndShapesThatDoNotFit() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      Ops tf = store.root().tf();
      assertThatThrownBy(() -> new TaskEmbeddings(store.root(), 0, 1, 4, Initializers.zeros()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("tasks 0, rows 1, size 4");
      TaskEmbeddings tasks =
          new TaskEmbeddings(store.root().child("tasks"), 2, 1, 4, Initializers.zeros());
      assertThatThrownBy(() -> tasks.of(tf, tf.constant(new int[] {1})))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("task has the wrong shape; expected [], received [1]");
      assertThatThrownBy(() -> tasks.ofEach(tf, tf.constant(1))).isInstanceOf(UserError.class);
      store.initialize(session);
      Operand<TFloat32> none = tasks.of(tf, tf.constant(2));
      assertThatThrownBy(() -> Fetched.of(session, Map.of("z", none)))
          .hasMessageContaining("not in [0, 2)");
      GeneratedKernels table =
          new GeneratedKernels(
                  new OneLayerLinearGenerator(
                      store.root().child("generator"),
                      new OneLayerLinearGenerator.Settings(BASIC, 4, true, 1)))
              .add("k", new KernelShape(1, 2, 4, 3));
      assertThatThrownBy(() -> table.build(tf, tasks.of(tf, tf.constant(0))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("z has the wrong shape; expected [2, 4], received [1, 4]");
      assertThatThrownBy(
              () -> table.buildPerExample(tf, tasks.ofEach(tf, tf.constant(new int[] {0}))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("z has the wrong shape; expected [?, 2, 4], received [1, 1, 4]");
    }
  }
}
