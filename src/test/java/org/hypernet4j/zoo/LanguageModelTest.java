// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltLanguageModel.ALL;
import static org.hypernet4j.zoo.BuiltLanguageModel.IDS;
import static org.hypernet4j.zoo.BuiltLanguageModel.TARGETS;
import static org.hypernet4j.zoo.BuiltLanguageModel.V;
import static org.hypernet4j.zoo.BuiltLanguageModel.hyperLstm;
import static org.hypernet4j.zoo.BuiltLanguageModel.lstm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class LanguageModelTest {
  static List<CellSpec> cells() {
    return List.of(
        new CellSpec.BasicRnn(6),
        lstm(6),
        new CellSpec.Lstm(6, true, 0.001, false, 1, CellSpec.Initializer.ORTHOGONAL),
        new CellSpec.HyperRnn(6, 4, 2, CellSpec.HyperRnnForm.SCALED),
        new CellSpec.HyperRnn(6, 4, 2, CellSpec.HyperRnnForm.GENERATED),
        hyperLstm(),
        new CellSpec.Gru(6, false, 0.001, true, true, CellSpec.Initializer.ORTHOGONAL),
        new CellSpec.HyperGru(6, 4, 2, true, true, 0.001, false, CellSpec.Initializer.REFERENCE));
  }

  /** The LSTM of equation 9, softmax and cross entropy in plain double arithmetic. */
  private static double[][] plainLogits(Map<String, float[]> p, int stream, int units) {
    float[] wx = get(p, "cell/W_x");
    float[] wh = get(p, "cell/W_h");
    float[] b = get(p, "cell/b");
    double[] c = new double[units];
    double[] h = new double[units];
    double[][] logits = new double[IDS.length][V];
    for (int t = 0; t < IDS.length; t++) {
      double[] gates = new double[4 * units];
      for (int k = 0; k < gates.length; k++) {
        gates[k] = wx[IDS[t][stream] * 4 * units + k] + b[k]; // one-hot: a row of W_x
        for (int n = 0; n < units; n++) {
          gates[k] += h[n] * wh[n * 4 * units + k];
        }
      }
      double[] next = new double[units];
      for (int n = 0; n < units; n++) {
        c[n] =
            sigmoid(gates[2 * units + n] + 1) * c[n]
                + sigmoid(gates[n]) * Math.tanh(gates[units + n]);
        next[n] = sigmoid(gates[3 * units + n]) * Math.tanh(c[n]);
      }
      h = next;
      for (int v = 0; v < V; v++) {
        logits[t][v] = get(p, "softmax/bias")[v];
        for (int n = 0; n < units; n++) {
          logits[t][v] += h[n] * get(p, "softmax/kernel")[n * V + v];
        }
      }
    }
    return logits;
  }

  private static float[] get(Map<String, float[]> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double nats(double[] logits, int target) {
    return Math.log(Arrays.stream(logits).map(Math::exp).sum()) - logits[target];
  }

  @Test
  void agreesWithPlainArithmetic() {
    try (BuiltLanguageModel built = new BuiltLanguageModel(lstm(3), 1, ALL)) {
      LanguageModel.Scores scores =
          built.model.logits(built.tf, built.dynamic(IDS), built.zero(2), null, null);
      Operand<TInt32> targets = built.dynamic(TARGETS);
      Map<String, float[]> p = ParameterValues.read(built.session, built.store.model());
      assertThat(p.keySet())
          .containsExactlyInAnyOrder(
              "cell/W_x", "cell/W_h", "cell/b", "softmax/kernel", "softmax/bias");

      List<float[]> actual =
          built.fetchAll(
              List.of(
                  scores.logits(),
                  built.model.loss(built.tf, scores.logits(), targets, null),
                  built.model.loss(
                      built.tf, scores.logits(), targets, built.tf.constant(new int[] {3, 1})),
                  built.model.loss(
                      built.tf, scores.logits(), targets, built.tf.constant(new int[] {0, 0}))));

      double all = 0;
      double counted = 0;
      for (int b = 0; b < 2; b++) {
        double[][] expected = plainLogits(p, b, 3);
        for (int t = 0; t < 4; t++) {
          for (int v = 0; v < V; v++) {
            assertThat((double) actual.get(0)[(t * 2 + b) * V + v])
                .isCloseTo(expected[t][v], within(1e-5));
          }
          all += nats(expected[t], TARGETS[t][b]);
          counted += t < (b == 0 ? 3 : 1) ? nats(expected[t], TARGETS[t][b]) : 0;
        }
      }
      assertThat((double) actual.get(1)[0]).isCloseTo(all / 8, within(1e-5));
      assertThat((double) actual.get(2)[0]).isCloseTo(counted / 4, within(1e-5));
      assertThat(actual.get(3)[0]).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void carriedStateAndSingleStepsGiveTheSameScores(CellSpec cell) {
    for (int layers = 1; layers <= 2; layers++) {
      try (BuiltLanguageModel built = new BuiltLanguageModel(cell, layers, ALL)) {
        Ops tf = built.tf;
        LanguageModel.Scores whole = built.read(IDS);
        LanguageModel.Scores first = built.read(new int[][] {IDS[0], IDS[1], IDS[2]});
        LanguageModel.Scores second =
            built.model.logits(tf, tf.constant(new int[][] {IDS[3]}), first.state(), null, null);
        List<Operand<TFloat32>> state = built.zero(2);
        List<Operand<TFloat32>> steps = new ArrayList<>();
        for (int[] ids : IDS) {
          LanguageModel.Scores step = built.model.step(tf, tf.constant(ids), state);
          state = step.state();
          steps.add(step.logits());
        }
        List<Operand<TFloat32>> wanted =
            new ArrayList<>(
                List.of(whole.logits(), first.logits(), second.logits(), tf.stack(steps)));
        wanted.addAll(whole.state());
        wanted.addAll(second.state());
        wanted.addAll(state);
        List<float[]> actual = built.fetchAll(wanted);
        float[] joined = Arrays.copyOf(actual.get(1), 4 * 2 * V);
        System.arraycopy(actual.get(2), 0, joined, 3 * 2 * V, 2 * V);
        assertThat(joined).containsExactly(actual.get(0), within(1e-5f));
        assertThat(actual.get(3)).containsExactly(actual.get(0), within(1e-5f));
        List<StatePart> parts = built.model.stateParts();
        assertThat(state).hasSameSizeAs(parts);
        for (int i = 0; i < parts.size(); i++) {
          float[] expected = actual.get(4 + i);
          assertThat(expected).hasSize(2 * parts.get(i).size());
          assertThat(actual.get(4 + parts.size() + i)).containsExactly(expected, within(1e-5f));
          assertThat(actual.get(4 + 2 * parts.size() + i)).containsExactly(expected, within(1e-5f));
        }
      }
    }
  }

  @Test
  void theStateStopsAtTheLength() {
    try (BuiltLanguageModel built = new BuiltLanguageModel(hyperLstm(), 2, ALL)) {
      Ops tf = built.tf;
      LanguageModel.Scores masked =
          built.model.logits(
              tf, tf.constant(IDS), built.zero(2), tf.constant(new int[] {2, 0}), null);
      LanguageModel.Scores two = built.read(new int[][] {IDS[0], IDS[1]});
      List<float[]> stopped = built.fetchAll(masked.state());
      List<float[]> expected = built.fetchAll(two.state());
      for (int i = 0; i < stopped.size(); i++) {
        int size = built.model.stateParts().get(i).size();
        assertThat(Arrays.copyOf(stopped.get(i), size))
            .containsExactly(Arrays.copyOf(expected.get(i), size), within(1e-6f));
        assertThat(Arrays.copyOfRange(stopped.get(i), size, 2 * size)).containsOnly(0f);
      }
    }
  }

  @Test
  void parametersAndStateAreNamed() {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      LanguageModel one =
          SpecModels.languageModel(
              store.root().child("one"), new LanguageModelSpec(V, hyperLstm(), 1, ALL));
      LanguageModel two =
          SpecModels.languageModel(
              store.root().child("two"), new LanguageModelSpec(V, lstm(3), 2, ALL));
      assertThat(one.stateParts())
          .containsExactly(
              new StatePart("main/c", 6),
              new StatePart("main/h", 6),
              new StatePart("hyper/c", 4),
              new StatePart("hyper/h", 4));
      assertThat(two.stateParts())
          .extracting(StatePart::name)
          .containsExactly("layer0/c", "layer0/h", "layer1/c", "layer1/h");
      assertThat(store.model())
          .extracting(Parameter::name)
          .contains(
              "one/cell/W_x",
              "one/cell/hyper/W_h",
              "one/softmax/kernel",
              "two/cell/layer0/W_x",
              "two/cell/layer1/W_h",
              "two/softmax/bias");
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void everyParameterGetsTheGradientThatDifferencesSay(CellSpec cell) {
    boolean hyper = cell instanceof CellSpec.HyperLstm || cell instanceof CellSpec.HyperGru;
    boolean gates = hyper || cell instanceof CellSpec.Lstm || cell instanceof CellSpec.Gru;
    KeepSpec keep = new KeepSpec(0.8, 0.7, gates ? 0.8 : 1, hyper ? 0.9 : 1, 1);
    try (BuiltLanguageModel built = new BuiltLanguageModel(cell, 1, keep)) {
      // with dropout: the masks are fixed by seed and step
      Operand<TFloat32> loss =
          built.model.loss(
              built.tf,
              built.train(5, 9).logits(),
              built.tf.constant(TARGETS),
              built.tf.constant(new int[] {4, 3}));
      List<Parameter> parameters = built.store.trainables();
      Map<String, float[]> values = ParameterValues.read(built.session, parameters);
      List<float[]> gradients =
          built.fetchAll(List.copyOf(Gradients.of(loss, parameters).values()));
      for (int i = 0; i < parameters.size(); i++) {
        String name = parameters.get(i).name();
        // Along the gradient itself: its slope is the squared norm. With steps four times as long
        // the curvature of the small cell's layer normalisation would be up to 3 % of it.
        double norm = 0;
        for (float g : gradients.get(i)) {
          norm += (double) g * g;
        }
        assertThat(norm).as(name).isPositive();
        double eps = 5e-3 / Math.sqrt(norm);
        double up = lossAt(built, loss, values, name, gradients.get(i), eps);
        double down = lossAt(built, loss, values, name, gradients.get(i), -eps);
        assertThat((up - down) / (2 * eps)).as(name).isCloseTo(norm, within(0.01 * norm + 1e-6));
      }
    }
  }

  private static double lossAt(
      BuiltLanguageModel built,
      Operand<TFloat32> loss,
      Map<String, float[]> values,
      String name,
      float[] direction,
      double by) {
    float[] moved = get(values, name).clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) (by * direction[i]);
    }
    Map<String, float[]> all = new LinkedHashMap<>(values);
    all.put(name, moved);
    ParameterValues.assign(built.session, built.store, all);
    return built.fetch(loss)[0];
  }

  @Test
  void saysWhatDoesNotFit() {
    try (BuiltLanguageModel built = new BuiltLanguageModel(lstm(3), 1, ALL)) {
      Ops tf = built.tf;
      List<Operand<TFloat32>> zero = built.zero(2);
      assertThatThrownBy(() -> built.model.requireIds("--prompt", 0, 4, 5))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "--prompt: id 2 (counted from 0) is outside of the vocabulary; expected 0 to 4,"
                  + " received 5.");
      assertThatThrownBy(() -> built.model.requireIds("ids", -1))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("received -1");
      built.model.requireIds("ids", 0, 4);
      refuses(() -> logits(built, tf.constant(new int[] {1, 2}), zero, null), "ids has the wrong");
      refuses(
          () -> logits(built, tf.constant(IDS), zero.subList(0, 1), null),
          "the state is that of another model; expected 2 parts, received 1");
      refuses(
          () ->
              logits(
                  built,
                  tf.constant(IDS),
                  List.of(zero.get(0), tf.zeros(tf.constant(new int[] {2, 4}), TFloat32.class)),
                  null),
          "state h has the wrong shape; expected [?, 3], received [2, 4]");
      refuses(
          () -> logits(built, tf.constant(IDS), zero, tf.constant(new int[] {1, 2, 3})),
          "lengths has the wrong shape; expected [2], received [3]");
      Operand<TFloat32> scores = built.read(IDS).logits();
      refuses(
          () -> built.model.loss(tf, scores, tf.constant(new int[][] {{1, 2}}), null),
          "targets has the wrong shape; expected [4, 2], received [1, 2]");
      refuses(
          () -> built.model.step(tf, tf.constant(IDS), zero),
          "ids has the wrong shape; expected [?], received [4, 2]");
    }
  }

  private static LanguageModel.Scores logits(
      BuiltLanguageModel built,
      Operand<TInt32> ids,
      List<Operand<TFloat32>> state,
      @Nullable Operand<TInt32> lengths) {
    return built.model.logits(built.tf, ids, state, lengths, null);
  }

  private static void refuses(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(message);
  }
}
