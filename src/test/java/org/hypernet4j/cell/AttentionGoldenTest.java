// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toFloats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.StaticUnroll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A decoder layer with attention against TensorFlow Addons 0.23.0 (AttentionWrapper around a Keras
 * LSTM), run in float64: outputs, contexts, alignments, the loss and its gradient by every
 * variable, by the memory, the inputs and the initial state.
 */
class AttentionGoldenTest {
  @ParameterizedTest
  @ValueSource(strings = {"attn_bahdanau_normed", "attn_luong"})
  void equalsTensorFlowAddons(String name) {
    new Case(GoldenFiles.read(name)).check();
  }

  private static final class Case {
    private final GoldenFiles golden;
    private final int batch;
    private final int steps;
    private final int input;
    private final int units;
    private final int width;
    private final int places;

    Case(GoldenFiles golden) {
      this.golden = golden;
      long[] memory = golden.shape("memory");
      long[] inputs = golden.shape("inputs");
      batch = (int) memory[0];
      places = (int) memory[1];
      width = (int) memory[2];
      steps = (int) inputs[1];
      input = (int) inputs[2];
      units = (int) golden.shape("state0_h")[1];
    }

    private boolean has(String key) {
      return golden.arrays().containsKey(key);
    }

    private AttentionSettings settings() {
      return has("query_kernel")
          ? AttentionSettings.additive(units, width, (int) golden.shape("query_kernel")[1])
              .withNormalisation(has("attention_g"))
          : AttentionSettings.multiplicative(units, width).withScale(has("attention_g"));
    }

    void check() {
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        ParameterStore store = new ParameterStore(graph, 1L);
        LstmCell lstm =
            new LstmCell(
                store.root().child("lstm"),
                LstmCell.Settings.of(input + width, units).withForgetBias(0f));
        Attention attention = new Attention(store.root().child("attention"), settings());
        Ops tf = store.root().child("test").tf();
        Operand<TFloat32> memory = Fetched.constant(tf, golden, "memory");
        Operand<TFloat32> inputs = Fetched.constant(tf, golden, "inputs");
        Operand<TFloat32> c = Fetched.constant(tf, golden, "state0_c");
        Operand<TFloat32> h = Fetched.constant(tf, golden, "state0_h");
        AttentionMemory attended =
            attention.over(
                tf,
                memory,
                tf.constant(Objects.requireNonNull(golden.arrays().get("memory_lengths")).ints()));
        AttendingCell<LstmState> cell =
            new AttentionCell<>(lstm, attention).withContextOut(true).reading(attended);
        AttentionState<LstmState> begin =
            new AttentionState<>(
                new LstmState(c, h),
                tf.constant(Shape.of(batch, width), DataBuffers.of(new float[batch * width])));
        Operand<TFloat32> xs = tf.linalg.transpose(inputs, tf.constant(new int[] {1, 0, 2}));
        Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
        for (String way : List.of("scan ", "unrolled ")) {
          Operand<TFloat32> series =
              way.equals("scan ")
                  ? Scan.run(tf, cell, xs, begin, ScanOptions.training()).outputs()
                  : tf.stack(
                      StaticUnroll.run(
                              tf,
                              cell,
                              new ArrayList<>(tf.unstack(xs, (long) steps).output()),
                              begin)
                          .outputs());
          Operand<TFloat32> both =
              tf.linalg.transpose(series, tf.constant(new int[] {1, 0, 2})); // [B, T, N + D]
          Operand<TFloat32> out =
              tf.slice(both, tf.constant(new int[3]), tf.constant(new int[] {-1, -1, units}));
          Operand<TFloat32> context =
              tf.slice(
                  both, tf.constant(new int[] {0, 0, units}), tf.constant(new int[] {-1, -1, -1}));
          Operand<TFloat32> alignments = attended.alignments(tf, CellValues.make(tf), out);
          Operand<TFloat32> loss =
              tf.math.addN(
                  List.of(
                      Fetched.weightedSum(tf, out, weights(tf, "R_out")),
                      Fetched.weightedSum(tf, context, weights(tf, "R_ctx")),
                      Fetched.weightedSum(tf, alignments, weights(tf, "R_align"))));
          fetches.put(way + "out", out);
          fetches.put(way + "context", context);
          fetches.put(way + "alignments", alignments);
          fetches.put(way + "loss", loss);
          Gradients.of(loss, store.trainables())
              .forEach((parameter, by) -> fetches.put(way + parameter.name(), by));
          List<Operand<TFloat32>> by = Gradients.byTensors(loss, List.of(memory, inputs, c, h));
          for (int i = 0; i < 4; i++) {
            fetches.put(
                way + List.of("memory", "inputs", "state0_c", "state0_h").get(i), by.get(i));
          }
        }
        store.initialize(session);
        Map<String, float[]> values = new LinkedHashMap<>();
        ours("").forEach((name, array) -> values.put(name, toFloats(array)));
        ParameterValues.assign(session, store, values);
        Fetched actual = Fetched.of(session, fetches);
        Map<String, double[]> gradients = ours("f64/grad/");
        assertThat(gradients.keySet())
            .containsExactlyInAnyOrderElementsOf(
                store.model().stream().map(Parameter::name).toList());
        for (String input : List.of("memory", "inputs", "state0_c", "state0_h")) {
          gradients.put(input, golden.doubles("f64/grad/" + input));
        }
        for (String way : List.of("scan ", "unrolled ")) {
          for (String name : List.of("out", "context", "alignments", "loss")) {
            assertClose(way + name, actual.get(way + name), golden.doubles("f64/" + name), 1e-5);
          }
          gradients.forEach(
              (name, expected) ->
                  assertGradient(way + name, actual.get(way + name), expected, 1e-4));
          paddingIsExactlyZero(actual.get(way + "alignments"), steps, 1, places);
          paddingIsExactlyZero(actual.get(way + "memory"), 1, width, places);
        }
      }
    }

    /** No weight and no derivative behind a length: not a small one either. */
    private void paddingIsExactlyZero(float[] values, int before, int behind, int length) {
      int[] lengths = Objects.requireNonNull(golden.arrays().get("memory_lengths")).ints();
      for (int i = 0; i < values.length; i++) {
        int place = i / behind % length;
        int row = i / (before * behind * length);
        if (place >= lengths[row]) {
          assertThat(values[i]).isEqualTo(0f);
        }
      }
    }

    /** Their weights of the loss, 0 behind the decoder's lengths. */
    private Operand<TFloat32> weights(Ops tf, String key) {
      float[] values = golden.floats(key).clone();
      int[] lengths = Objects.requireNonNull(golden.arrays().get("decoder_lengths")).ints();
      int size = values.length / (batch * steps);
      for (int i = 0; i < values.length; i++) {
        if (i / size % steps >= lengths[i / (size * steps)]) {
          values[i] = 0;
        }
      }
      return tf.constant(Shape.of(golden.shape(key)), DataBuffers.of(values));
    }

    /** Their variables as ours: gates i, f, g, o become i, g, f, o. */
    private Map<String, double[]> ours(String prefix) {
      Map<String, double[]> all = new LinkedHashMap<>();
      all.put("lstm/W_x", gates(golden.doubles(prefix + "cell_kernel")));
      all.put("lstm/W_h", gates(golden.doubles(prefix + "cell_recurrent")));
      all.put("lstm/b", gates(golden.doubles(prefix + "cell_bias")));
      all.put("attention/memory_kernel", golden.doubles(prefix + "memory_kernel"));
      Map<String, String> names =
          Map.of(
              "query_kernel",
              "query_kernel",
              "attention_v",
              "v",
              "attention_g",
              "g",
              "attention_b",
              "b");
      names.forEach(
          (theirs, own) -> {
            if (has(theirs)) {
              all.put("attention/" + own, golden.doubles(prefix + theirs));
            }
          });
      return all;
    }

    private double[] gates(double[] matrix) {
      double[] result = matrix.clone();
      for (int i = 0; i < matrix.length; i++) {
        int gate = i / units % 4;
        int from = gate == 1 ? i + units : gate == 2 ? i - units : i;
        result[i] = matrix[from];
      }
      return result;
    }
  }
}
