package org.hypernet4j.cell;

import static org.hypernet4j.hyper.Arrays4.assertClose;
import static org.hypernet4j.hyper.Arrays4.assertGradient;
import static org.hypernet4j.hyper.Arrays4.toFloats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.hyper.Fetched;
import org.hypernet4j.hyper.GoldenFiles;
import org.hypernet4j.unroll.StaticUnroll;
import org.hypernet4j.unroll.Unrolled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * LSTM, LN-LSTM and HyperLSTM against the code of the paper's first author (hardmaru/supercell),
 * run in float64: outputs, every state, and the gradients of {@code sum(out * R)} by every
 * parameter, the inputs and the initial states. Names are mapped by {@link SupercellNames}.
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
        SupercellNames.lstm("", "LSTMCell/", false),
        false,
        List.of("c", "h"));
  }

  @Test
  void layerNormLstm() {
    GoldenFiles golden = GoldenFiles.read("supercell_lnlstm_small");
    check(
        golden,
        scope -> new LstmCell(scope, LstmCell.Settings.layerNorm(INPUT, UNITS).withBias(true)),
        SupercellNames.lstm("", "LSTMCell/", true),
        false,
        List.of("c", "h"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hyperLstm(boolean norm) {
    GoldenFiles golden =
        GoldenFiles.read("supercell_hyperlstm_" + (norm ? "ln" : "noln") + "_small");
    float epsilon = norm ? 1e-3f : 0f;
    Map<String, String> names = SupercellNames.hyperMain(norm);
    names.putAll(SupercellNames.lstm("hyper/", "HyperLSTMCell/LSTMCell/", norm));
    check(
        golden,
        scope ->
            HyperLstmCell.withLstm(
                scope,
                HyperLstmCell.Settings.paper(INPUT, UNITS, EMBEDDING, epsilon),
                LstmCell.Settings.of(INPUT + UNITS, HYPER_UNITS).withLayerNorm(epsilon)),
        names,
        true,
        List.of("c", "h", "hyper_c", "hyper_h"));
  }

  private static <S> void check(
      GoldenFiles golden,
      Function<ParameterScope, RnnCell<S>> make,
      Map<String, String> names,
      boolean hyper,
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
      Unrolled<S> unrolled = StaticUnroll.run(tf, cell, xs, cell.state(initial));
      Operand<TFloat32> outputs = tf.stack(unrolled.outputs());
      Operand<TFloat32> loss = Fetched.weightedSum(tf, outputs, Fetched.constant(tf, golden, "R"));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(x));
      wanted.addAll(initial);
      List<Operand<TFloat32>> inputGradients = Gradients.byTensors(loss, wanted);
      store.initialize(session);
      ParameterValues.assign(session, store, weights(golden, names, hyper));

      Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
      fetches.put("out", outputs);
      fetches.put("loss", loss);
      fetches.put("grad x", inputGradients.get(0));
      for (int i = 0; i < stateNames.size(); i++) {
        List<Operand<TFloat32>> sequence = new ArrayList<>();
        for (S state : unrolled.states()) {
          sequence.add(cell.parts(state).get(i));
        }
        fetches.put("state " + stateNames.get(i), tf.stack(sequence));
        fetches.put("grad state " + stateNames.get(i), inputGradients.get(i + 1));
      }
      gradients.forEach((parameter, g) -> fetches.put(parameter.name(), g));
      Fetched actual = Fetched.of(session, fetches);

      assertClose("out", actual.get("out"), golden.doubles("f64/out"), 1e-5);
      assertClose("loss", actual.get("loss"), golden.doubles("f64/loss"), 1e-4);
      // the float64 run kept no gradients by inputs and states: these are from the float32 one
      assertGradient("x", actual.get("grad x"), golden.doubles("grad_x"), 1e-4);
      for (String name : stateNames) {
        assertClose(
            "state " + name,
            actual.get("state " + name),
            golden.doubles("f64/state_seq/" + name),
            1e-5);
        assertGradient(
            "initial " + name,
            actual.get("grad state " + name),
            golden.doubles("grad_state0/" + name),
            1e-4);
      }
      Map<String, double[]> expected = new LinkedHashMap<>();
      names.forEach((o, theirs) -> expected.put(o, golden.doubles("f64/grad/" + theirs)));
      if (hyper) {
        expected.putAll(SupercellNames.embeddings(golden, "f64/grad/", HYPER_UNITS, EMBEDDING));
      }
      for (Parameter parameter : gradients.keySet()) {
        String name = parameter.name().substring("cell/".length());
        assertGradient(
            name,
            actual.get(parameter.name()),
            Objects.requireNonNull(expected.remove(name), name),
            1e-4);
      }
      org.assertj.core.api.Assertions.assertThat(expected).isEmpty();
    }
  }

  private static Map<String, float[]> weights(
      GoldenFiles golden, Map<String, String> names, boolean hyper) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    names.forEach((ours, theirs) -> weights.put("cell/" + ours, golden.floats("w/" + theirs)));
    if (hyper) {
      SupercellNames.embeddings(golden, "w/", HYPER_UNITS, EMBEDDING)
          .forEach((name, values) -> weights.put("cell/" + name, toFloats(values)));
    }
    return weights;
  }
}
