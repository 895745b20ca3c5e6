package org.hypernet4j.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.export.LevelTable.DamagedException;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;

/** The index of a checkpoint that TensorFlow wrote. */
class CheckpointIndexTest {
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
    CheckpointIndex index = CheckpointIndex.read(prefix);

    assertThat(index.entries()).hasSize(VARIABLES + 1).containsKey(ObjectGraph.IN_CHECKPOINT);
    assertThat(List.copyOf(index.entries().keySet())).isSorted();
    assertThat(index.files()).containsExactly(Path.of(prefix + ".data-00000-of-00001"));
    assertThat(Files.size(Path.of(prefix + ".index"))).isGreaterThan(4096);
    for (int i = 0; i < VARIABLES; i++) {
      BundleEntryProto entry =
          index.entries().get(ObjectGraph.keyOf("a_layer_with_a_long_name/" + name(i)));
      assertThat(entry).as(name(i)).isNotNull();
      assertThat(entry.getDtype()).isEqualTo(DataType.DT_FLOAT);
      assertThat(StructureCheck.describe(entry.getShape())).isEqualTo("[1, " + (i + 1) + "]");
      float[] values = new float[i + 1];
      index.data(entry).asFloatBuffer().get(values);
      assertThat(values).containsOnly(i);
    }
  }

  @Test
  void noFlippedByteGoesUnnoticed() throws Exception {
    Path source = Path.of("src/test/resources/export/python-tf2/variables/variables.index");
    byte[] bytes = Files.readAllBytes(source);
    Map<String, byte[]> good = LevelTable.read(bytes);
    assertThat(good.keySet())
        .containsExactly(
            "",
            "_CHECKPOINTABLE_OBJECT_GRAPH",
            "steps/.ATTRIBUTES/VARIABLE_VALUE",
            "w/.ATTRIBUTES/VARIABLE_VALUE");

    int unnoticed = 0;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= 0x21;
      try {
        Map<String, byte[]> read = LevelTable.read(bytes);
        // the footer has some bytes of padding, and where the filters would be
        assertThat(i).isGreaterThanOrEqualTo(bytes.length - 48);
        assertThat(strings(read)).isEqualTo(strings(good));
        unnoticed++;
      } catch (DamagedException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
      bytes[i] ^= 0x21;
    }
    assertThat(unnoticed).isLessThan(40);
  }

  @Test
  void noCutGoesUnnoticed() throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(prefix + ".index"));
    for (int length = 0; length < bytes.length; length += 37) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> LevelTable.read(cut)).isInstanceOf(DamagedException.class);
    }
  }

  private static Map<String, String> strings(Map<String, byte[]> entries) {
    Map<String, String> strings = new TreeMap<>();
    entries.forEach((key, value) -> strings.put(key, Arrays.toString(value)));
    return strings;
  }
}
