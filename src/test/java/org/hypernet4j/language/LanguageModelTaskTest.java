// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.EncodedText;
import org.hypernet4j.data.TextBatch;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** The task against a basic RNN in plain arithmetic ({@link PlainRnn}). */
class LanguageModelTaskTest {
  private static final double RATE = 0.5;
  private static final String SGD =
      "training.optimizer={\"type\":\"sgd\",\"learningRate\":" + RATE + "}";
  private static final String NO_CLIP = "training.gradientClip={\"type\":\"none\"}";

  private final TextSplits data = TinyText.splits();

  /** The training graph of the task; its listeners and checkpoints are not looked at. */
  private final class Training implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 1);
    final LanguageModelTask task;
    final LanguageModelTask.Built built;
    final TrainingGraph.Nodes nodes;
    final TrainingTask.TrainingOps ops;

    Training(ExperimentSpec spec) {
      task = new LanguageModelTask(spec, data);
      StepInputs inputs = StepInputs.whole(store);
      built = task.build(store, inputs);
      ops = built.ops();
      nodes = TrainingGraph.define(store, inputs, ops, SpecOptimizers.optimizer(spec.training()));
      store.initialize(session);
    }

    Map<String, float[]> model() {
      return ParameterValues.read(session, store.model());
    }

    float[] state() {
      return ParameterValues.read(session, store.get("state/h"));
    }

    /** The loss of a step. */
    float step(TextBatch batch, long index) {
      try (Feeds feeds = new Feeds()) {
        built.feed(batch, index, feeds);
        feeds.floats(nodes.learningRate(), Shape.scalar(), (float) RATE);
        try (Result result =
            feeds.into(session.runner()).addTarget(nodes.step()).fetch(ops.loss()).run()) {
          return ((TFloat32) result.get(0)).getFloat();
        }
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  /** Mean nats of a batch, the states [B][N] replaced by those after it. */
  private static double loss(PlainRnn model, TextBatch batch, double[][] states) {
    int streams = batch.streams();
    double nats = 0;
    for (int b = 0; b < streams; b++) {
      int[] ids = new int[batch.steps() + 1];
      for (int t = 0; t < batch.steps(); t++) {
        ids[t] = batch.inputs()[t * streams + b];
        ids[t + 1] = batch.targets()[t * streams + b];
      }
      nats += model.nats(ids, 0, batch.steps(), states[b]);
    }
    return nats / batch.predictions();
  }

  private static double[][] rows(float[] state, int count) {
    int size = state.length / count;
    double[][] rows = new double[count][size];
    for (int i = 0; i < state.length; i++) {
      rows[i / size][i % size] = state[i];
    }
    return rows;
  }

  @Test
  void aStepUsesTheStateBeforeItAndLeavesTheStateAfterIt() {
    try (Training training = new Training(TinyText.spec(TinyText.BASIC, SGD, NO_CLIP))) {
      for (int index = 0; index < 2 * training.task.stepsPerEpoch(); index++) {
        TextBatch batch = training.task.batch(index);
        assertThat(batch.reset()).isEqualTo(index % training.task.stepsPerEpoch() == 0);
        float[] carried = training.state();
        float[] before = batch.reset() ? new float[carried.length] : carried;
        Map<String, float[]> values = training.model();
        double[][] states = rows(before, 2);
        double expected = loss(new PlainRnn(values), batch, states);

        assertThat((double) training.step(batch, index)).isCloseTo(expected, within(1e-5));

        double[][] after = rows(training.state(), 2);
        for (int b = 0; b < 2; b++) {
          assertThat(after[b]).containsExactly(states[b], within(1e-5));
        }
        requireDescent(values, training.model(), batch, before);
      }
    }
  }

  /**
   * The parameters have moved by the rate times the gradient at the state before the step, which
   * central differences of the plain model's loss give.
   */
  private static void requireDescent(
      Map<String, float[]> before, Map<String, float[]> after, TextBatch batch, float[] state) {
    double h = 1e-5;
    PlainRnn plain = new PlainRnn(before);
    before.forEach(
        (name, values) -> {
          double[] entries = plain.get(name);
          float[] moved = Objects.requireNonNull(after.get(name));
          for (int i = 0; i < entries.length; i++) {
            double own = entries[i];
            entries[i] = own + h;
            double up = loss(plain, batch, rows(state, 2));
            entries[i] = own - h;
            double down = loss(plain, batch, rows(state, 2));
            entries[i] = own;
            assertThat((values[i] - moved[i]) / RATE)
                .as("gradient of %s[%d]", name, i)
                .isCloseTo((up - down) / (2 * h), within(2e-5));
          }
        });
  }

  @Test
  void whatIsCarriedIsNoPartOfTheModel() {
    try (Training training = new Training(TinyText.spec(TinyText.HYPER))) {
      List<Parameter> carried =
          training.store.all().stream().filter(p -> p.name().startsWith("state/")).toList();

      assertThat(carried).hasSize(4).allMatch(p -> p.role() == Role.SLOT && !p.trainable());
      assertThat(carried).allMatch(p -> p.shape().get(0) == 2);
      assertThat(training.store.model()).doesNotContainAnyElementsOf(carried);
    }
  }

  @Test
  void evaluationSumsOverTheWholeTextWithCarriedState() {
    ExperimentSpec spec = TinyText.spec(TinyText.BASIC);
    EncodedText text = data.validation();
    int[] ids = text.ids();
    int predictions = ids.length - 1;
    try (Training training = new Training(spec)) {
      PlainRnn plain = new PlainRnn(training.model());
      // 28 predictions; three streams take 9, 9 and 10 of them, each from a state of zeros
      for (int streams : new int[] {1, 2, 3, 28, 100}) {
        int cuts = Math.min(streams, predictions);
        double nats = 0;
        for (int s = 0; s < cuts; s++) {
          nats +=
              plain.nats(ids, predictions * s / cuts, predictions * (s + 1) / cuts, plain.zero());
        }
        for (int steps : new int[] {1, 4, 9, 50}) {
          Map<String, Double> measured =
              new LanguageEvaluator(training.built.outputs(), streams, steps)
                  .measure(training.session, text);
          assertThat(measured.get("loss")).isCloseTo(nats / predictions, within(1e-6));
          assertThat(measured.get("bpc")).isCloseTo(nats / predictions / Math.log(2), within(1e-6));
        }
      }
      Map<String, Double> three =
          new LanguageEvaluator(training.built.outputs(), 3, 4).measure(training.session, text);
      assertThat(training.built.evaluate(training.session, 7).metrics()).isEqualTo(three);
      assertThat(training.built.evaluate(training.session, 7).criterion()).isEqualTo("bpc");
      LanguageEvaluator evaluator = new LanguageEvaluator(training.built.outputs(), 3, 4);
      assertThatThrownBy(() -> evaluator.measure(training.session, List.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("there is nothing to predict");
    }
  }

  @Test
  void weightDecayCountsTheKernelsOfTheCell() {
    double l2 = 0.25;
    double[] losses = new double[2];
    double squares = 0;
    for (int i = 0; i < 2; i++) {
      try (Training training =
          new Training(TinyText.spec(TinyText.BASIC, "training.l2=" + i * l2))) {
        PlainRnn plain = new PlainRnn(training.model());
        squares = 0;
        for (String kernel : List.of("cell/W_x", "cell/W_h")) {
          for (double value : plain.get(kernel)) {
            squares += value * value;
          }
        }
        losses[i] = training.step(training.task.batch(0), 0);
      }
    }
    assertThat(losses[1] - losses[0]).isCloseTo(l2 * squares / 2, within(1e-5));
  }

  @Test
  void refusesATextWithMoreSymbolsThanTheModelHas() {
    ExperimentSpec spec =
        TinyText.spec(
            TinyText.BASIC,
            "model={\"type\":\"language-model\",\"symbols\":3,\"cell\":" + TinyText.BASIC + "}");
    assertThatThrownBy(() -> new LanguageModelTask(spec, data))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "model.symbols: too few for the text; expected at least 4, the different symbols of"
                + " the text, received 3. Set model.symbols to 4.");
  }

  @Test
  void refusesATextThatIsTooShortForABatch() {
    ExperimentSpec spec = TinyText.spec(TinyText.BASIC, "training.batchSize=20");
    assertThatThrownBy(() -> new LanguageModelTask(spec, data))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too short for one batch");
  }
}
