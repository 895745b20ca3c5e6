// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.hypernet4j.io.Npz;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

/** Parameters to and from {@code .npz} files. */
class ParameterArchiveTest {
  @TempDir Path folder;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final ParameterStore store = new ParameterStore(graph, 4);
  private final Parameter kernel = parameter("kernel", 2, 3);
  private final Parameter bias = parameter("bias", 2);
  private final Parameter gain = parameter("gain");

  private Parameter parameter(String name, long... sizes) {
    return store.root().parameter(name, Shape.of(sizes), Initializers.normal(0, 1), Role.KERNEL);
  }

  @BeforeEach
  void initialise() {
    store.initialize(session);
  }

  @AfterEach
  void close() {
    session.close();
    graph.close();
  }

  private Path file(Map<String, NpyArray> arrays) {
    Path file = folder.resolve("values.npz");
    Npz.write(file, arrays);
    return file;
  }

  /** Bit for bit, NaN included. */
  private void assertUnchanged(Map<String, float[]> before) {
    Map<String, float[]> now = ParameterValues.read(session, store.all());
    assertThat(now.keySet()).isEqualTo(before.keySet());
    before.forEach((name, values) -> assertThat(now.get(name)).isEqualTo(values));
  }

  @Test
  void savesAndLoadsToTheLastBit() {
    float[] values = {1, -2.5f, Float.MIN_VALUE, -0f, Float.NaN, Float.NEGATIVE_INFINITY};
    ParameterValues.assign(session, store, Map.of("kernel", values));
    Map<String, float[]> before = ParameterValues.read(session, store.all());
    Path file = folder.resolve("saved.npz");
    ParameterArchive.save(session, store.all(), file);

    Map<String, NpyArray> arrays = Npz.read(file);
    assertThat(arrays.keySet()).containsExactly("kernel", "bias", "gain");
    assertThat(arrays.get("kernel")).isEqualTo(NpyArray.of(values, 2, 3));
    assertThat(arrays.get("gain")).hasToString("float32 []");

    ParameterValues.assign(
        session, store, Map.of("kernel", new float[6], "bias", new float[2], "gain", new float[1]));
    ParameterArchive.load(session, store, file);
    assertUnchanged(before);
  }

  /** Expected: NumPy's {@code np.float64(x).astype(np.float32)}, written as hexadecimal floats. */
  @Test
  void roundsFloat64ToTheNearestFloat32() {
    double[] wide = {0.1, 1e-50, -1.0 / 3, 16_777_217, Double.NaN, Double.POSITIVE_INFINITY};
    NpyArray array = NpyArray.of(wide, 2, 3);
    assertThat(array.type()).isEqualTo(NpyType.F8);
    float[] untouched = ParameterValues.read(session, bias);

    ParameterArchive.load(session, store, file(Map.of("kernel", array)));

    assertThat(ParameterValues.read(session, kernel))
        .containsExactly(
            0x1.99999ap-4f, 0f, -0x1.555556p-2f, 16_777_216f, Float.NaN, Float.POSITIVE_INFINITY);
    assertThat(ParameterValues.read(session, bias)).isEqualTo(untouched);
  }

  @Test
  void takesIntegersThatHaveAnEqualFloat() {
    Path file =
        file(
            Map.of("gain", NpyArray.of(new int[] {7}), "bias", NpyArray.of(new long[] {1, -2}, 2)));
    ParameterArchive.load(session, store, file);
    assertThat(ParameterValues.read(session, gain)).containsExactly(7f);
    assertThat(ParameterValues.read(session, bias)).containsExactly(1f, -2f);
  }

  @Test
  void anErrorTouchesNothing() {
    NpyArray good = NpyArray.of(new float[] {8, 9}, 2);
    assertRefused(
        "kernel",
        NpyArray.of(new float[6], 3, 2),
        good,
        "kernel",
        "expected [2, 3], received [3, 2]");
    assertRefused("kernle", NpyArray.of(new float[6], 2, 3), good, "Did you mean 'kernel'?");
    assertRefused(
        "kernel",
        NpyArray.of(new double[] {0, 0, 0, 0, -1e39, 0}, 2, 3),
        good,
        "values.npz: kernel: a number is too large for a parameter",
        "received -1.0E39 at flat index 4 of float64 [2, 3]");
    assertRefused(
        "gain", NpyArray.of(new long[] {16_777_217}), good, "gain", "without loss", "16777217");
    assertThatThrownBy(() -> ParameterArchive.load(session, store, folder.resolve("missing.npz")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nothing there");
  }

  /** The good array comes first, so that loading one after the other would have assigned it. */
  private void assertRefused(String name, NpyArray bad, NpyArray good, String... parts) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("bias", good);
    arrays.put(name, bad);
    Path file = file(arrays);
    Map<String, float[]> before = ParameterValues.read(session, store.all());
    assertThatThrownBy(() -> ParameterArchive.load(session, store, file))
        .isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(List.of(parts)).doesNotContain("\n"));
    assertUnchanged(before);
  }
}
