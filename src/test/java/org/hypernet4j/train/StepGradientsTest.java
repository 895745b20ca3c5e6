// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.examples.LookAhead;
import org.hypernet4j.fixtures.LineTask;
import org.hypernet4j.fixtures.SteppedTask;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.hypernet4j.optim.LearningRateSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Steps that do not follow the gradient of one loss, on the line y = 3 x - 1. */
class StepGradientsTest {
  private static final double RATE = 0.1;
  private static final SessionOptions ONE = new SessionOptions(1, true);

  @TempDir Path folder;

  private static TrainingGraph<float[]> adam(SteppedTask task, int stepsPerCall) {
    return new TrainingGraph<>(
        task,
        5L,
        (store, rate) -> new Adam(store, rate, GradientClip.none()),
        ONE,
        new StepOptions(stepsPerCall, false));
  }

  private static TrainingGraph<float[]> descent(SteppedTask task, SessionOptions session) {
    return new TrainingGraph<>(
        task, 5L, (store, rate) -> new GradientDescent(store, rate, GradientClip.none()), session);
  }

  private static Trainer.Settings settings(long steps) {
    return new Trainer.Settings(steps, 10, LearningRateSchedule.constant(RATE), 2);
  }

  private static double value(TrainingGraph<float[]> graph, String name) {
    return ParameterValues.read(graph.session(), graph.store().get(name))[0];
  }

  /** {@code (tanh w - 0.3)^2 + (w b - 0.1)^2} of slope w and offset b. */
  private static Operand<TFloat32> drift(ParameterStore store) {
    Ops tf = store.root().tf();
    Operand<TFloat32> w = store.get("line/slope").value();
    Operand<TFloat32> b = store.get("line/offset").value();
    return tf.math.add(
        tf.math.square(tf.math.sub(tf.math.tanh(w), tf.constant(0.3f))),
        tf.math.square(tf.math.sub(tf.math.mul(w, b), tf.constant(0.1f))));
  }

  private static double drift(double w, double b) {
    return Math.pow(Math.tanh(w) - 0.3f, 2) + Math.pow(w * b - 0.1f, 2);
  }

  private static SteppedTask lookingAhead() {
    return new SteppedTask(
        new LineTask(), (store, ops) -> LookAhead.of(ops.loss(), () -> drift(store)));
  }

  /** Adam for two numbers in double, whose change can be asked for without the step. */
  private static final class Adam2 {
    final double[] m = new double[2];
    final double[] v = new double[2];
    int t;

    double[] step(double[] g, boolean keep) {
      double[] change = new double[2];
      for (int i = 0; i < 2; i++) {
        double nextM = 0.9f * m[i] + (1 - (double) 0.9f) * g[i];
        double nextV = 0.999f * v[i] + (1 - (double) 0.999f) * g[i] * g[i];
        double rate = RATE * Math.sqrt(1 - Math.pow(0.999f, t + 1)) / (1 - Math.pow(0.9f, t + 1));
        change[i] = -rate * nextM / (Math.sqrt(nextV) + 1e-8);
        if (keep) {
          m[i] = nextM;
          v[i] = nextV;
        }
      }
      t += keep ? 1 : 0;
      return change;
    }
  }

  /** The gradient of the mean square by slope and offset. */
  private static double[] lossGradient(double w, double b, float[] batch) {
    double[] g = new double[2];
    for (float x : batch) {
      double error = w * x + b - (3 * x - 1);
      g[0] += 2 * error * x / batch.length;
      g[1] += 2 * error / batch.length;
    }
    return g;
  }

  /** Central differences of the drift in double. */
  private static double[] driftGradient(double w, double b) {
    double h = 1e-5;
    return new double[] {
      (drift(w + h, b) - drift(w - h, b)) / (2 * h), (drift(w, b + h) - drift(w, b - h)) / (2 * h)
    };
  }

  /** Every number of six steps from float64: Adam by its formula, the drift by differences. */
  @Test
  void aStepOfTwoPhasesIsThatOfDoubleArithmetic() {
    try (TrainingGraph<float[]> graph = adam(lookingAhead(), 1)) {
      double w = value(graph, "line/slope");
      double b = value(graph, "line/offset");
      Adam2 rule = new Adam2();
      Trainer<float[]> trainer = new Trainer<>(graph, settings(6));
      Map<Long, double[]> expected = new LinkedHashMap<>();
      for (long t = 0; t < 6; t++) {
        double[] g = lossGradient(w, b, graph.task().batch(t));
        double[] ahead = rule.step(g, false);
        double[] second = driftGradient(w + ahead[0], b + ahead[1]);
        double[] change = rule.step(new double[] {g[0] + second[0], g[1] + second[1]}, true);
        w += change[0];
        b += change[1];
        expected.put(t + 1, new double[] {w, b});
      }
      trainer.fit(
          List.of(
              new TrainingListener() {
                @Override
                public void onStep(TrainingState run, StepResult step) {
                  double[] there = expected.get(step.step());
                  assertThat(there).isNotNull();
                  assertThat(value(graph, "line/slope")).isCloseTo(there[0], within(2e-5));
                  assertThat(value(graph, "line/offset")).isCloseTo(there[1], within(2e-5));
                }
              }));
    }
  }

  private Map<String, float[]> trained(String name, int stepsPerCall, long... ends) {
    Map<String, float[]> values = Map.of();
    for (long end : ends) {
      try (TrainingGraph<float[]> graph = adam(lookingAhead(), stepsPerCall)) {
        Checkpoints<float[]> checkpoints = new Checkpoints<>(folder.resolve(name), graph);
        checkpoints.trainer(settings(end)).fit(List.of(checkpoints));
        values = ParameterValues.read(graph.session(), graph.store().all());
      }
    }
    return values;
  }

  /** A run that stopped after 23 and after 24 steps ends as one that did not, to the last bit. */
  @Test
  void phasesResumeToTheLastBit() {
    assertThat(trained("stopped", 1, 23, 24, 40))
        .usingRecursiveComparison()
        .isEqualTo(trained("whole", 1, 40));
  }

  @Test
  void phasesRunInLoopsOfTheGraphToo() {
    Map<String, float[]> single = trained("single", 1, 20);
    Map<String, float[]> several = trained("several", 4, 20);
    single.forEach(
        (name, values) ->
            assertThat(several.get(name)).as(name).containsExactly(values, within(1e-6f)));
  }

  /** Restarts and phases in steps that XLA compiles, where there is XLA, and in loops of them. */
  @Test
  void phasesAndRestartsCompile() {
    List<Map<String, float[]>> all = new ArrayList<>();
    for (StepOptions steps : List.of(StepOptions.single(), new StepOptions(4, true))) {
      try (TrainingGraph<float[]> graph =
          new TrainingGraph<>(
              lookingAhead(),
              5L,
              (store, rate) -> new Adam(store, rate, GradientClip.none(), 0.9f, 0.999f, 1e-8f, 5),
              ONE,
              steps)) {
        new Trainer<>(graph, settings(12)).fit(List.of());
        all.add(ParameterValues.read(graph.session(), graph.store().all()));
      }
    }
    assertThat(all.get(0).get("optimizer/adam/steps_since_restart")).containsExactly(2);
    all.get(0)
        .forEach(
            (name, values) ->
                assertThat(all.get(1).get(name)).as(name).containsExactly(values, within(1e-5f)));
  }

  /**
   * Slope by the loss of the task, offset by a loss of its own: half the square of its distance
   * from 2.
   */
  private static SteppedTask separate() {
    return new SteppedTask(
        new LineTask(),
        (store, ops) -> {
          Ops tf = store.root().tf();
          Parameter offset = store.get("line/offset");
          Operand<TFloat32> own = tf.nn.l2Loss(tf.math.sub(offset.value(), tf.constant(2f)));
          return StepGradients.separate(
              List.of(
                  new StepGradients.Part(own, List.of(offset)),
                  new StepGradients.Part(ops.loss(), List.of(store.get("line/slope")))));
        });
  }

  /** {@code b <- b - rate (b - 2)}: b_n = 2 - 2 0.9^n in closed form; the slope in double. */
  @Test
  void separateLossesTrainParametersOfTheirOwn() {
    try (TrainingGraph<float[]> graph = descent(separate(), ONE)) {
      double w = value(graph, "line/slope");
      double b = 0;
      for (long t = 0; t < 12; t++) {
        w -= RATE * lossGradient(w, b, graph.task().batch(t))[0];
        b = 2 - 2 * Math.pow(0.9, (double) (t + 1));
      }
      new Trainer<>(graph, settings(12)).fit(List.of());
      assertThat(value(graph, "line/slope")).isCloseTo(w, within(1e-5));
      assertThat(value(graph, "line/offset")).isCloseTo(b, within(1e-6));
    }
  }

  @Test
  void separateLossesAreSharedByReplicas() {
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    try (TrainingGraph<float[]> shared = descent(separate(), two);
        TrainingGraph<float[]> whole = descent(separate(), ONE)) {
      new Trainer<>(shared, settings(12)).fit(List.of());
      new Trainer<>(whole, settings(12)).fit(List.of());
      for (String name : List.of("line/slope", "line/offset")) {
        assertThat(value(shared, name)).isCloseTo(value(whole, name), within(1e-5));
      }
    }
    assertThatThrownBy(() -> descent(lookingAhead(), two).close())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "training with 2 replicas: the phases of this step need the whole batch; expected"
                + " gradients that are means over shares of a batch, received a step of several"
                + " phases. Train on one device.");
  }

  @Test
  void aParameterWithoutALossOrWithTwoIsAnError() {
    SteppedTask one =
        new SteppedTask(
            new LineTask(),
            (store, ops) ->
                StepGradients.separate(
                    List.of(
                        new StepGradients.Part(ops.loss(), List.of(store.get("line/offset"))))));
    assertThatThrownBy(() -> descent(one, ONE).close())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "training step: no loss trains line/slope; expected a gradient for each trainable"
                + " parameter, received 1 of 2. Give them a loss, or freeze them.");
    SteppedTask twice =
        new SteppedTask(
            new LineTask(),
            (store, ops) ->
                StepGradients.separate(
                    List.of(
                        new StepGradients.Part(ops.loss(), store.trainables()),
                        new StepGradients.Part(drift(store), List.of(store.get("line/slope"))))));
    assertThatThrownBy(() -> descent(twice, ONE).close())
        .isInstanceOf(UserError.class)
        .hasMessage(
            "line/slope: two losses of a step train it; expected separate losses for separate"
                + " parameters. Add the losses up and train it with the sum.");
  }
}
