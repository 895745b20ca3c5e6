// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.savedmodel.ObjectGraph;
import org.hypernet4j.export.savedmodel.SaverNodes;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.internal.TensorBundle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

/** What the saver nodes write, read in plain Java: an index of several blocks. */
class SavedVariablesTest {
  private static final int VARIABLES = 300;

  @TempDir static Path folder;

  private static Path prefix;

  /** Many variables with long names: more than one block. */
  @BeforeAll
  static void saveOnce() {
    prefix = folder.resolve("many");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      for (int i = 0; i < VARIABLES; i++) {
        store
            .root()
            .child("a_layer_with_a_long_name")
            .parameter(name(i), Shape.of(1, i + 1), Initializers.constant(i), Role.KERNEL);
      }
      SaverNodes.add(graph, store.all(), new ObjectGraph(store.all(), List.of()).inCheckpoint());
      store.initialize(session);
      SaverNodes.save(session, prefix.toString());
    }
  }

  private static String name(int i) {
    return "part" + i + "_" + "x".repeat(i % 90);
  }

  @Test
  void everyTensorIsFoundWithItsShapeAndItsNumbers() throws Exception {
    TensorBundle checkpoint = TensorBundle.open(prefix);

    assertThat(checkpoint.tensors()).hasSize(VARIABLES + 1).containsKey(ObjectGraph.IN_CHECKPOINT);
    assertThat(List.copyOf(checkpoint.tensors().keySet())).isSorted();
    assertThat(checkpoint.files()).containsExactly(Path.of(prefix + ".data-00000-of-00001"));
    assertThat(Files.size(Path.of(prefix + ".index"))).isGreaterThan(4096);
    for (int i = 0; i < VARIABLES; i++) {
      String key = ObjectGraph.keyOf("a_layer_with_a_long_name/" + name(i));
      assertThat(checkpoint.tensors().get(key)).hasToString("float [1, " + (i + 1) + "]");
      assertThat(checkpoint.read(key).floats()).hasSize(i + 1).containsOnly(i);
    }
  }

  @Test
  void noCutGoesUnnoticed() throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(prefix + ".index"));
    for (int length = 0; length < bytes.length; length += 37) {
      Path cut = folder.resolve("cut.index");
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> TensorBundle.open(folder.resolve("cut")))
          .isInstanceOf(UserError.class);
    }
  }
}
