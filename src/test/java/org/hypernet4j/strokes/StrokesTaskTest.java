// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.TinyStrokes.BERNOULLI;
import static org.hypernet4j.fixtures.TinyStrokes.HYPER;
import static org.hypernet4j.fixtures.TinyStrokes.LATENT;
import static org.hypernet4j.fixtures.TinyStrokes.LN_HYPER;
import static org.hypernet4j.fixtures.TinyStrokes.WINDOW;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeBatch;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TinyStrokes;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** The training of models of strokes: its loss, its derivatives, and the ways of running it. */
class StrokesTaskTest {
  private static final SessionOptions ONE = new SessionOptions(1, true);
  private static final String NO_CLIP = "training.gradientClip={\"type\":\"none\"}";

  private static StrokesTask task(ExperimentSpec spec) {
    DrawingSplits data =
        StrokesTask.model(spec.model()).window() == null
            ? TinyStrokes.splits()
            : TinyStrokes.written();
    return new StrokesTask(spec, data, StrokeScaling.of(data.train(), StrokeScaling.Kind.ONE_SD));
  }

  /** Loss and metrics of batches, and the gradients of the loss. */
  private static final class Losses implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 4);
    final StrokesTask task;
    final StrokesTask.Built built;
    final TrainingTask.TrainingOps ops;
    final Map<String, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    final Map<String, float[]> values;

    Losses(ExperimentSpec spec) {
      task = task(spec);
      built = task.build(store, StepInputs.whole(store));
      ops = built.ops();
      Gradients.of(ops.loss(), store.trainables())
          .forEach(
              (Parameter parameter, Operand<TFloat32> g) -> gradients.put(parameter.name(), g));
      store.initialize(session);
      values = ParameterValues.read(session, store.model());
      Random random = new Random(6);
      // zeros and constants would hide terms
      values
          .values()
          .forEach(
              array -> {
                for (int i = 0; i < array.length; i++) {
                  array[i] += (float) (0.3 * random.nextGaussian());
                }
              });
      ParameterValues.assign(session, store, values);
    }

    List<float[]> fetch(StrokeBatch batch, long step, Iterable<Operand<TFloat32>> wanted) {
      try (Feeds feeds = new Feeds()) {
        built.feed(batch, step, feeds);
        Session.Runner runner = feeds.into(session.runner());
        wanted.forEach(runner::fetch);
        List<float[]> fetched = new ArrayList<>();
        try (Result result = runner.run()) {
          for (int i = 0; i < result.size(); i++) {
            TFloat32 tensor = (TFloat32) result.get(i);
            float[] own = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(own);
            fetched.add(own);
          }
        }
        return fetched;
      }
    }

    double loss(StrokeBatch batch, String parameter, float[] value) {
      ParameterValues.assign(session, store, Map.of(parameter, value));
      return fetch(batch, 3, List.of(ops.loss())).get(0)[0];
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  static List<List<String>> models() {
    return List.of(
        List.of("model.layers=2", "model.skips=true", BERNOULLI, "model.sigmaFloor=0.05"),
        List.of("model.cell={\"type\":\"lstm\",\"units\":5,\"layerNorm\":true}", "training.l2=0.1"),
        List.of(HYPER, "model.correlationBound=2", "model.keep.recurrent=0.8"),
        List.of(LN_HYPER, "model.keep.output=0.7", "model.densityEpsilon=0.01"),
        List.of(LATENT, "model.latent.klTolerance=0", "model.latent.klWeightStart=0.4"),
        List.of(WINDOW, "model.layers=3", BERNOULLI, "model.window.initialStep=0.5"),
        List.of(WINDOW, "model.layers=2", HYPER, "model.window.form=vasquez"),
        List.of(WINDOW, "model.layers=3", "model.keep.between=0.8", "model.window.form=scribe"));
  }

  /**
   * The derivative of the loss in a random direction of every parameter, by central differences of
   * the fourth order with steps of 0.03.
   */
  @ParameterizedTest
  @MethodSource("models")
  void gradientsAreDerivativesOfTheLoss(List<String> settings) {
    ExperimentSpec spec = TinyStrokes.spec(settings.toArray(String[]::new));
    try (Losses losses = new Losses(spec)) {
      StrokeBatch batch = losses.task.batch(3);
      List<float[]> gradients = losses.fetch(batch, 3, losses.gradients.values());
      Random random = new Random(1);
      int at = 0;
      for (String name : losses.gradients.keySet()) {
        float[] gradient = gradients.get(at++);
        float[] value = Objects.requireNonNull(losses.values.get(name));
        double[] direction = new double[value.length];
        double expected = 0;
        double length = 0;
        for (int i = 0; i < direction.length; i++) {
          direction[i] = random.nextGaussian() / Math.sqrt(direction.length);
          expected += direction[i] * gradient[i];
          length += gradient[i] * gradient[i];
        }
        double[] around = new double[5];
        for (int k = -2; k <= 2; k++) {
          float[] moved = new float[value.length];
          for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (value[i] + 0.03 * k * direction[i]);
          }
          around[k + 2] = losses.loss(batch, name, moved);
        }
        losses.loss(batch, name, value);
        double slope = (around[0] - 8 * around[1] + 8 * around[3] - around[4]) / (12 * 0.03);
        assertThat(length).as(name).isPositive();
        assertThat(slope)
            .as(name)
            .isCloseTo(expected, within(5e-5 + 3e-3 * Math.sqrt(length / direction.length)));
      }
    }
  }

  /**
   * Loss and metrics against the nats that the evaluation of the same drawings sums, divided by the
   * points that so many drawings of the training part have in the mean.
   */
  @ParameterizedTest
  @ValueSource(strings = {"three-way", "bernoulli"})
  void theLossIsTheNatsOfABatchByTheMeanOfPoints(String pen) {
    try (Losses losses = new Losses(TinyStrokes.spec("model.pen=" + pen))) {
      StrokeBatch batch = losses.task.batch(1);
      List<float[]> step =
          losses.fetch(
              batch,
              1,
              List.of(
                  losses.ops.loss(),
                  Objects.requireNonNull(losses.ops.metrics().get("offset")),
                  Objects.requireNonNull(losses.ops.metrics().get("pen"))));
      Map<String, Double> measured =
          new StrokesEvaluator(losses.built.outputs(), StrokeScaling.IDENTITY)
              .measure(losses.session, List.of(batch));
      // a step divides by the points of as many drawings in the mean of the training part
      DrawingPart train = TinyStrokes.splits().train();
      double points = batch.streams() * (double) train.points() / train.count();
      double share = batch.predictions() / points;
      assertThat((double) step.get(0)[0])
          .isCloseTo(share * Objects.requireNonNull(measured.get("loss")), within(2e-6));
      assertThat((double) step.get(1)[0])
          .isCloseTo(share * Objects.requireNonNull(measured.get("offset")), within(2e-6));
      assertThat((double) step.get(2)[0])
          .isCloseTo(share * Objects.requireNonNull(measured.get("pen")), within(2e-6));
      assertThat(Objects.requireNonNull(measured.get("nats")) * batch.streams())
          .isCloseTo(
              Objects.requireNonNull(measured.get("loss")) * batch.predictions(), within(1e-9));
    }
  }

  /** Sketch-rnn's schedule: 0.5 - 0.49 x 0.99995^step, times the divergence or its tolerance. */
  @Test
  void theWeightOfTheDivergenceGrows() {
    for (double tolerance : new double[] {0, 0.2, 100}) {
      try (Losses losses =
          new Losses(TinyStrokes.spec(LATENT, "model.latent.klTolerance=" + tolerance))) {
        StrokeBatch batch = losses.task.batch(0);
        for (long step : new long[] {0, 1, 100, 20_000, 1_000_000}) {
          Map<String, Operand<TFloat32>> metrics = losses.ops.metrics();
          List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(losses.ops.loss()));
          for (String name : List.of("offset", "pen", "kl")) {
            wanted.add(Objects.requireNonNull(metrics.get(name)));
          }
          List<float[]> numbers = losses.fetch(batch, step, wanted);
          double weight = 0.5 - 0.49 * Math.pow(0.99995, (double) step);
          double kl = numbers.get(3)[0] / 2; // for each of the numbers of z
          assertThat(kl).isGreaterThan(0.001);
          assertThat((double) numbers.get(0)[0])
              .as("loss of step " + step)
              .isCloseTo(
                  numbers.get(1)[0] + (double) numbers.get(2)[0] + weight * Math.max(kl, tolerance),
                  within(2e-6 * Math.max(1, weight * tolerance)));
        }
      }
    }
  }

  /** Below its tolerance the divergence pulls at nothing, whatever its weight. */
  @Test
  void aDivergenceBelowItsToleranceHasNoGradient() {
    List<List<float[]>> gradients = new ArrayList<>();
    for (int weight : new int[] {0, 1000}) {
      try (Losses losses =
          new Losses(
              TinyStrokes.spec(
                  LATENT, "model.latent.klTolerance=50", "model.latent.klWeightStart=" + weight))) {
        gradients.add(losses.fetch(losses.task.batch(0), 0, losses.gradients.values()));
      }
    }
    assertThat(gradients.get(0)).hasSize(17);
    for (int i = 0; i < gradients.get(0).size(); i++) {
      assertThat(gradients.get(1).get(i)).isEqualTo(gradients.get(0).get(i));
    }
  }

  /** Two devices, or XLA: losses of the same drawings, divided by the same points. */
  @Test
  void everyWayOfRunningLearnsTheSame() {
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    String sgd = "training.optimizer={\"type\":\"sgd\",\"learningRate\":0.05}";
    ExperimentSpec spec = TinyStrokes.spec(NO_CLIP, sgd);
    Trained right = Trained.by(task(spec), spec, ONE, 4);
    assertThat(right.steps()).hasSize(4);
    Trained.by(task(spec), spec, two, 4).requireEqual(right, 2e-5);
    for (String xla : List.of("cell", "step")) {
      ExperimentSpec compiled = TinyStrokes.spec(NO_CLIP, sgd, "training.xla=" + xla);
      Trained.by(task(compiled), compiled, ONE, 4).requireEqual(right, 2e-5);
    }
  }

  /** The texts of a batch are divided among the devices as its drawings are. */
  @Test
  void aWindowLearnsTheSameOnTwoDevices() {
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    ExperimentSpec spec =
        TinyStrokes.spec(
            NO_CLIP, WINDOW, "training.optimizer={\"type\":\"sgd\",\"learningRate\":0.05}");
    Trained right = Trained.by(task(spec), spec, ONE, 3);
    Trained.by(task(spec), spec, two, 3).requireEqual(right, 2e-5);
  }

  @Test
  void aWindowNeedsTexts() {
    ExperimentSpec spec = TinyStrokes.spec(WINDOW);
    DrawingSplits silent = TinyStrokes.splits();
    assertThatThrownBy(() -> new StrokesTask(spec, silent, StrokeScaling.IDENTITY))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("train: nobody says what these drawings say")
        .hasMessageContaining("expected a text for each drawing, received none")
        .hasMessageContaining("or a model without 'window'");
  }

  /** A product in bfloat16 errs by about 1 in 256; the loss much less. */
  @Test
  void bfloat16LearnsNearlyTheSame() {
    ExperimentSpec exact = TinyStrokes.spec(LATENT);
    ExperimentSpec narrow = TinyStrokes.spec(LATENT, "training.precision=bfloat16");
    Trained right = Trained.by(task(exact), exact, ONE, 3);
    Trained other = Trained.by(task(narrow), narrow, ONE, 3);
    float last = right.steps().get(2).loss();
    assertThat(other.steps().get(2).loss())
        .isCloseTo(last, within(0.02f * last))
        .isNotEqualTo(last);
  }

  @Test
  void refusesWhatCannotBeStacked() {
    assertThatThrownBy(() -> TinyStrokes.spec("training.stepsPerRun=2"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training.stepsPerRun")
        .hasMessageContaining("as long as its longest example");
  }

  @Test
  void refusesFewerDrawingsThanABatch() {
    ExperimentSpec spec = TinyStrokes.spec("training.batchSize=23");
    assertThatThrownBy(() -> task(spec))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("fewer drawings than a batch has")
        .hasMessageContaining("expected at least the batch size, 23, received 22");
  }
}
