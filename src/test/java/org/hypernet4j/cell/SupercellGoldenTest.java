// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.hypernet4j.checkpoint.WeightFile;
import org.hypernet4j.checkpoint.WeightImport;
import org.hypernet4j.checkpoint.WeightMapping;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.unroll.StaticUnroll;
import org.hypernet4j.unroll.UnrollResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LSTM, LN-LSTM and HyperLSTM against the code of the paper's first author (hardmaru/supercell),
 * run in float64: outputs, every state, and the gradients of {@code sum(out * R)} by every
 * parameter, the inputs and the initial states. Weights and gradients come through the mappings
 * that {@code import} has for this code.
 */
class SupercellGoldenTest {
  private static final int STEPS = 7;
  private static final int INPUT = 5;
  private static final int UNITS = 16;
  private static final int HYPER_UNITS = 8;
  private static final int EMBEDDING = 4;

  @Test
  void lstm() {
    GoldenFiles golden = GoldenFiles.read("supercell_lstm_small");
    check(
        golden,
        scope -> new LstmCell(scope, LstmCell.Settings.of(INPUT, UNITS)),
        "supercell-lstm",
        List.of("c", "h"));
  }

  @Test
  void layerNormLstm() {
    GoldenFiles golden = GoldenFiles.read("supercell_lnlstm_small");
    check(
        golden,
        scope -> new LstmCell(scope, LstmCell.Settings.layerNorm(INPUT, UNITS).withBias(true)),
        "supercell-lstm",
        List.of("c", "h"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hyperLstm(boolean norm) {
    GoldenFiles golden =
        GoldenFiles.read("supercell_hyperlstm_" + (norm ? "ln" : "noln") + "_small");
    float epsilon = norm ? 1e-3f : 0f;
    check(
        golden,
        scope ->
            HyperLstmCell.withLstm(
                scope,
                HyperLstmCell.Settings.paper(INPUT, UNITS, EMBEDDING, epsilon),
                LstmCell.Settings.of(INPUT + UNITS, HYPER_UNITS).withLayerNorm(epsilon)),
        "supercell",
        List.of("c", "h", "hyper_c", "hyper_h"));
  }

  private static <S> void check(
      GoldenFiles golden,
      Function<ParameterScope, RnnCell<S>> make,
      String mapping,
      List<String> stateNames) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<S> cell = make.apply(store.root().child("cell"));
      Ops tf = store.root().child("test").tf();
      Operand<TFloat32> x = Fetched.constant(tf, golden, "x");
      List<Operand<TFloat32>> initial = new ArrayList<>();
      for (String name : stateNames) {
        initial.add(Fetched.constant(tf, golden, "state0/" + name));
      }
      List<Operand<TFloat32>> xs = new ArrayList<>(tf.unstack(x, (long) STEPS).output());
      UnrollResult<S> unrolled = StaticUnroll.run(tf, cell, xs, cell.stateLayout().state(initial));
      Operand<TFloat32> outputs = tf.stack(unrolled.outputs());
      Operand<TFloat32> loss = Fetched.weightedSum(tf, outputs, Fetched.constant(tf, golden, "R"));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(x));
      wanted.addAll(initial);
      List<Operand<TFloat32>> inputGradients = Gradients.byTensors(loss, wanted);
      store.initialize(session);
      ParameterValues.assign(session, store, laidOut(store, golden, mapping, "w/"));

      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("out", outputs);
      fetches.put("loss", loss);
      fetches.put("grad x", inputGradients.get(0));
      for (int i = 0; i < stateNames.size(); i++) {
        List<Operand<TFloat32>> sequence = new ArrayList<>();
        for (S state : unrolled.states()) {
          sequence.add(cell.stateLayout().tensors(state).get(i));
        }
        fetches.put("state " + stateNames.get(i), tf.stack(sequence));
        fetches.put("grad state " + stateNames.get(i), inputGradients.get(i + 1));
      }
      gradients.forEach((parameter, g) -> fetches.put(parameter.name(), g));
      Fetched actual = Fetched.of(session, fetches);
      // of the float32 arithmetic itself; the longer sums of a HyperLSTM round more often
      double gradientBound = mapping.equals("supercell") ? 1e-5 : 3e-6;

      assertClose("out", actual.get("out"), golden.doubles("f64/out"), 2e-6);
      assertClose("loss", actual.get("loss"), golden.doubles("f64/loss"), 4e-6);
      // the float64 run kept no gradients by inputs and states: these are from the float32 one
      assertGradient("x", actual.get("grad x"), golden.doubles("grad_x"), gradientBound);
      for (String name : stateNames) {
        assertClose(
            "state " + name,
            actual.get("state " + name),
            golden.doubles("f64/state_seq/" + name),
            2e-6);
        assertGradient(
            "initial " + name,
            actual.get("grad state " + name),
            golden.doubles("grad_state0/" + name),
            gradientBound);
      }
      Map<String, float[]> expected = laidOut(store, golden, mapping, "f64/grad/");
      for (Parameter parameter : gradients.keySet()) {
        assertGradient(
            parameter.name(),
            actual.get(parameter.name()),
            toDoubles(Objects.requireNonNull(expected.remove(parameter.name()))),
            gradientBound);
      }
      assertThat(expected).isEmpty();
    }
  }

  /** The arrays below a prefix as {@code import} lays them out: all of them, for all parameters. */
  private static Map<String, float[]> laidOut(
      ParameterStore store, GoldenFiles golden, String mapping, String prefix) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    golden
        .arrays()
        .forEach(
            (name, array) -> {
              if (name.startsWith(prefix)) {
                arrays.put(name, array);
              }
            });
    Map<String, Shape> shapes = new LinkedHashMap<>();
    store.model().forEach(parameter -> shapes.put(parameter.name(), parameter.shape()));
    WeightImport plan =
        WeightImport.plan(shapes, WeightFile.of("golden", arrays), WeightMapping.read(mapping));
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.mismatched()).isEmpty();
    assertThat(plan.extra()).isEmpty();
    return new LinkedHashMap<>(plan.values());
  }

  private static double[] toDoubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
