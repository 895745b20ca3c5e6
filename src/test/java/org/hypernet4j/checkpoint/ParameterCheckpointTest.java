// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Dense;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ParameterCheckpointTest {
  private static final float[] X = {1, -2, 0.5f};
  private static final String SLOT = "optimizer/momentum/dense/kernel/momentum";

  @TempDir Path folder;

  /** {@code y = x W + b} for one x of three numbers, and a slot for W if there is an optimizer. */
  private static final class Model implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store;
    final Operand<TFloat32> y;

    Model(long seed, int units, boolean optimizer) {
      store = new ParameterStore(graph, seed);
      ParameterScope dense = store.root().child("dense");
      Operand<TFloat32> kernel =
          dense.value("kernel", Shape.of(3, units), Initializers.glorotUniform(), Role.KERNEL);
      Operand<TFloat32> bias =
          dense.value("bias", Shape.of(units), Initializers.zeros(), Role.BIAS);
      if (optimizer) {
        store
            .root()
            .child("optimizer")
            .child("momentum")
            .child("dense")
            .child("kernel")
            .fixedParameter("momentum", Shape.of(3, units), Initializers.zeros(), Role.SLOT);
      }
      Ops tf = Ops.create(graph);
      y = Dense.apply(tf, tf.reshape(tf.constant(X), tf.constant(new int[] {1, 3})), kernel, bias);
      store.initialize(session);
    }

    float[] output() {
      try (Result result = session.runner().fetch(y).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] flat = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(flat);
        return flat;
      }
    }

    Map<String, float[]> values() {
      return ParameterValues.read(session, store.all());
    }

    Checkpoint capture(long step) {
      JsonObject state = new JsonObject();
      state.addProperty("evaluationsSinceBest", 2);
      return ParameterCheckpoint.capture(session, store, step, "{\"m\": 1}", "data", state);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  /** Kernel [3, 2] row by row, bias [2], slot [3, 2] with what float arithmetic likes least. */
  private static Map<String, float[]> trained() {
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put("dense/kernel", new float[] {1, 2, 3, 4, 5, 6});
    values.put("dense/bias", new float[] {0.25f, -0.5f});
    values.put(SLOT, new float[] {-0.0f, Float.NaN, Float.MIN_VALUE, Float.MAX_VALUE, 0.1f, -1});
    return values;
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((name, flat) -> assertThat(actual.get(name)).as(name).isEqualTo(flat));
  }

  @Test
  void aFileCarriesEveryBitIntoAnotherSession() {
    Path file = folder.resolve("a.ckpt");
    try (Model model = new Model(1, 2, true)) {
      ParameterValues.assign(model.session, model.store, trained());
      Checkpoint checkpoint = model.capture(42);
      assertThat(checkpoint.step()).isEqualTo(42);
      assertThat(checkpoint.seed()).isEqualTo(1);
      assertThat(checkpoint.specification()).isEqualTo("{\"m\": 1}");
      assertThat(checkpoint.dataFingerprint()).isEqualTo("data");
      assertThat(checkpoint.state().get("evaluationsSinceBest").getAsInt()).isEqualTo(2);
      assertThat(checkpoint.values().get("dense/kernel"))
          .isEqualTo(NpyArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
      CheckpointFile.write(file, checkpoint);
    }
    try (Model other = new Model(2, 2, true)) {
      ParameterCheckpoint.restore(other.session, other.store, CheckpointFile.read(file));
      assertSame(other.values(), trained());
      // by hand: 1 [1 2] - 2 [3 4] + 0.5 [5 6] + [0.25 -0.5]
      assertThat(other.output()).containsExactly(-2.25f, -3.5f);
      assertThat(other.capture(42).values()).isEqualTo(CheckpointFile.read(file).values());
    }
  }

  @Test
  void aModelWithoutOptimizerTakesTheModelOnly() {
    Checkpoint checkpoint;
    try (Model model = new Model(1, 2, true)) {
      ParameterValues.assign(model.session, model.store, trained());
      checkpoint = model.capture(42);
    }
    try (Model inference = new Model(2, 2, false)) {
      Map<String, float[]> before = inference.values();
      assertThatThrownBy(
              () -> ParameterCheckpoint.restore(inference.session, inference.store, checkpoint))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "checkpoint of step 42: belongs to another model or optimizer; expected the 2"
                  + " parameters of this one, received 1 not in the model ("
                  + SLOT
                  + "). Use the specification that it was written with, or another checkpoint.");
      assertSame(inference.values(), before);
      ParameterCheckpoint.restoreModelOnly(inference.session, inference.store, checkpoint);
      assertThat(inference.output()).containsExactly(-2.25f, -3.5f);
    }
  }

  /** A slot is what has the role of one, whatever its name; a kernel is none, whatever its name. */
  @Test
  void slotsAreKnownByTheirRole() {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Model inference = new Model(2, 2, false)) {
      ParameterStore store = new ParameterStore(graph, 1);
      ParameterScope dense = store.root().child("dense");
      dense.parameter("kernel", Shape.of(3, 2), Initializers.zeros(), Role.KERNEL);
      dense.parameter("bias", Shape.of(2), Initializers.zeros(), Role.BIAS);
      store
          .root()
          .child("average")
          .fixedParameter("w", Shape.of(3), Initializers.zeros(), Role.SLOT);
      store.initialize(session);
      Path file = folder.resolve("a.ckpt");
      CheckpointFile.write(
          file, ParameterCheckpoint.capture(session, store, 1, "{}", "", new JsonObject()));
      Checkpoint read = CheckpointFile.read(file);
      assertThat(read.roles())
          .isEqualTo(
              Map.of("dense/kernel", Role.KERNEL, "dense/bias", Role.BIAS, "average/w", Role.SLOT));
      ParameterCheckpoint.restoreModelOnly(inference.session, inference.store, read);
      assertThat(inference.output()).containsExactly(0, 0);

      store.root().child("state").parameter("w", Shape.of(1), Initializers.zeros(), Role.KERNEL);
      store.initialize(session);
      Checkpoint other = ParameterCheckpoint.capture(session, store, 1, "{}", "", new JsonObject());
      assertThatThrownBy(
              () -> ParameterCheckpoint.restoreModelOnly(inference.session, inference.store, other))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("received 1 not in the model (state/w)");
    }
  }

  /**
   * A file of the build before roles were stored, of a HyperLSTM with 2 units and 1 hyper unit that
   * was trained for two steps with Adam: names tell its slots, two for each of the 24 trainable
   * parameters, two powers of beta and the four parts of the carried state.
   */
  @Test
  void aFileWithoutRolesIsReadAsItAlwaysWas() {
    Path file = Path.of("src/test/resources/checkpoint/format-1/without-roles.ckpt");
    Checkpoint old = CheckpointFile.read(file);
    assertThat(old.roles()).isEmpty();
    List<String> model = new ArrayList<>(old.values().keySet());
    model.removeIf(old::isSlot);
    assertThat(model)
        .hasSize(24)
        .contains("cell/W_x", "cell/hyper/W_h")
        .noneMatch(name -> name.contains("adam") || name.endsWith("/c"));
    assertThat(old.values()).hasSize(3 * 24 + 2 + 4);
    // written again it still has no roles, and is read as before
    Path again = folder.resolve("again.ckpt");
    CheckpointFile.write(again, old);
    assertThat(CheckpointFile.read(again)).isEqualTo(old);
  }

  @Test
  void slotsOfTheStoreStayWhenOnlyTheModelIsRestored() {
    Checkpoint checkpoint;
    try (Model inference = new Model(1, 2, false)) {
      checkpoint = inference.capture(3);
    }
    try (Model model = new Model(2, 2, true)) {
      ParameterValues.assign(model.session, model.store, trained());
      ParameterCheckpoint.restoreModelOnly(model.session, model.store, checkpoint);
      assertThat(model.values().get(SLOT)).isEqualTo(trained().get(SLOT));
      assertThat(model.values().get("dense/kernel"))
          .isEqualTo(Objects.requireNonNull(checkpoint.values().get("dense/kernel")).floats());
    }
  }

  @Test
  void tellsOfEverythingThatDoesNotFitAndAssignsNothing() {
    Map<String, NpyArray> values = new LinkedHashMap<>();
    values.put("dense/bias", NpyArray.of(new float[2], 2));
    values.put("dense/kernel", NpyArray.of(new float[6], 2, 3));
    for (String stranger : new String[] {"a", "b", "c", "d"}) {
      values.put(stranger, NpyArray.of(new float[] {1}));
    }
    values.put("optimizer/sgd/x", NpyArray.of(new float[] {1}));
    Checkpoint checkpoint = new Checkpoint(9, 1, "{}", "", values, new JsonObject());
    try (Model model = new Model(1, 2, true)) {
      Map<String, float[]> before = model.values();
      assertThatThrownBy(() -> ParameterCheckpoint.restore(model.session, model.store, checkpoint))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "expected the 3 parameters of this one, received 1 missing ("
                  + SLOT
                  + "); 5 not in the model (a, b, c, ...); 1 of another shape or type"
                  + " (dense/kernel is float32 [2, 3], not float32 [3, 2]).");
      assertThatThrownBy(
              () -> ParameterCheckpoint.restoreModelOnly(model.session, model.store, checkpoint))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              "expected the 2 parameters of this one, received 4 not in the model (a, b, c, ...);"
                  + " 1 of another shape");
      assertSame(model.values(), before);
    }
  }

  @Test
  void refusesAnotherElementType() {
    try (Model model = new Model(1, 2, false)) {
      Map<String, NpyArray> values = new LinkedHashMap<>(model.capture(1).values());
      values.put("dense/bias", NpyArray.of(new double[2], 2));
      Checkpoint checkpoint = new Checkpoint(1, 1, "{}", "", values, new JsonObject());
      assertThatThrownBy(() -> ParameterCheckpoint.restore(model.session, model.store, checkpoint))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("dense/bias is float64 [2], not float32 [2]");
    }
  }

  @Test
  void anEmptyStoreIsAMistakeOfTheProgram() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      assertThatThrownBy(
              () -> ParameterCheckpoint.capture(session, store, 1, "{}", "", new JsonObject()))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
