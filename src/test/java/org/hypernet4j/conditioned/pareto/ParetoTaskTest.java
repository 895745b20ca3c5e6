// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.PlainHeads;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TwoDigits;
import org.hypernet4j.data.TwoDigitsBatch;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.StepInputs;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** The scalarised loss and its derivatives, through the preference as well. */
class ParetoTaskTest {
  private static final int HIDDEN = 4;
  private static final double L2 = 0.02;

  static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.network={\"type\":\"mlp\",\"hidden\":[4]}",
                "model.generator.hiddenSizes=[3]",
                "model.rays=2",
                "training.batchSize=6"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "pareto-digits.json"), all);
  }

  static ParetoData data() {
    return new ParetoData(TwoDigits.of(Mnist.builtin(500), 60, 20, 20, 1));
  }

  /** The task in a graph, and the same loss in double. */
  private static final class Built implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 3);
    final ParetoTask task;
    final ParetoTask.Built built;
    final ParetoTask.Parts parts;
    final ParetoBatch batch;

    Built(ExperimentSpec spec) {
      task = new ParetoTask(spec, data());
      built = task.build(store, StepInputs.whole(store));
      parts = built.parts();
      batch = task.batch(7);
      store.initialize(session);
    }

    Fetched fetch(Map<String, Operand<TFloat32>> wanted) {
      try (Feeds feeds = new Feeds()) {
        built.feed(batch, 7, feeds);
        Session.Runner runner = feeds.into(session.runner());
        wanted.values().forEach(runner::fetch);
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Result result = runner.run()) {
          int i = 0;
          for (String name : wanted.keySet()) {
            TFloat32 tensor = (TFloat32) result.get(i++);
            float[] own = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(own);
            values.put(name, own);
          }
        }
        return new Fetched(values);
      }
    }

    PlainHeads plain() {
      return new PlainHeads(ParameterValues.read(session, store.model()), HIDDEN, 20);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  /** {@code mean over rays of r_1 L_1 + r_2 L_2 + l2 / 2 |kernels|^2}, in double. */
  private static double loss(PlainHeads plain, ParetoBatch batch, double[] preferences) {
    TwoDigitsBatch pictures = batch.pictures();
    int rows = preferences.length / 2;
    int each = pictures.count() / rows;
    int size = 36 * 36;
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double[] r = {preferences[2 * row], preferences[2 * row + 1]};
      // what the generator reads has the second moment 1 for uniform preferences
      double[] condition = {Math.sqrt(3) * r[0], Math.sqrt(3) * r[1]};
      for (int i = row * each; i < (row + 1) * each; i++) {
        float[] image = new float[size];
        for (int p = 0; p < size; p++) {
          image[p] = (pictures.pixels()[i * size + p] & 0xff) / 255f;
        }
        double[] scores = plain.scores(image, condition);
        sum +=
            (r[0] * PlainHeads.crossEntropy(scores, 0, pictures.first()[i])
                    + r[1] * PlainHeads.crossEntropy(scores, 10, pictures.second()[i]))
                / each;
      }
      sum += L2 * plain.halfSquares(condition);
    }
    return sum / rows;
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    Arrays.setAll(copy, i -> values[i]);
    return copy;
  }

  @Test
  void lossAndDerivativesAreThoseOfDoubleArithmetic() {
    try (Built built = new Built(spec("training.l2=" + L2))) {
      Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
      wanted.put("loss", built.parts.ops().loss());
      Gradients.of(built.parts.ops().loss(), built.store.trainables())
          .forEach((Parameter p, Operand<TFloat32> g) -> wanted.put(p.name(), g));
      wanted.put(
          "preferences",
          Gradients.byTensors(built.parts.ops().loss(), List.of(built.parts.preferences().fed()))
              .get(0));
      Fetched fetched = built.fetch(wanted);

      PlainHeads plain = built.plain();
      double[] preferences = doubles(built.batch.preferences());
      assertThat(preferences[0]).isNotCloseTo(preferences[2], within(0.01));
      assertThat((double) fetched.get("loss")[0])
          .isCloseTo(loss(plain, built.batch, preferences), within(1e-5));

      // by the preferences themselves, through the scalarisation and through the generator
      for (int i = 0; i < preferences.length; i++) {
        double step = 1e-6;
        double[] more = preferences.clone();
        more[i] += step;
        double[] less = preferences.clone();
        less[i] -= step;
        double slope =
            (loss(plain, built.batch, more) - loss(plain, built.batch, less)) / (2 * step);
        assertThat((double) fetched.get("preferences")[i]).isCloseTo(slope, within(2e-4));
      }
      for (Parameter parameter : built.store.trainables()) {
        double[] own = plain.parameter(parameter.name());
        float[] gradient = fetched.get(parameter.name());
        for (int i = 0; i < own.length; i += 1 + own.length / 5) {
          double was = own[i];
          own[i] = was + 1e-6;
          double more = loss(plain, built.batch, preferences);
          own[i] = was - 1e-6;
          double less = loss(plain, built.batch, preferences);
          own[i] = was;
          assertThat((double) gradient[i])
              .as(parameter.name() + " " + i)
              .isCloseTo((more - less) / 2e-6, within(2e-4));
        }
      }
    }
  }

  @Test
  void convolutionsOfSeveralRowsAreThoseOfEachAlone() {
    String conv =
        "model.network={\"type\":\"conv\",\"filters\":[2,3],\"kernelSize\":3,\"hidden\":[4]}";
    for (String generator :
        List.of(
            "model.generator={\"type\":\"heads\",\"hiddenSizes\":[3]}",
            "model.generator={\"type\":\"plain\"}")) {
      try (Built built = new Built(spec(conv, generator))) {
        double loss = built.fetch(Map.of("loss", built.parts.ops().loss())).get("loss")[0];
        // each group alone through the function with one preference
        double sum = 0;
        TwoDigitsBatch all = built.batch.pictures();
        for (int row = 0; row < 2; row++) {
          float[] preference = Arrays.copyOfRange(built.batch.preferences(), 2 * row, 2 * row + 2);
          TwoDigitsBatch own =
              new TwoDigitsBatch(
                  Arrays.copyOfRange(all.pixels(), row * 3 * 1296, (row + 1) * 3 * 1296),
                  Arrays.copyOfRange(all.first(), row * 3, row * 3 + 3),
                  Arrays.copyOfRange(all.second(), row * 3, row * 3 + 3));
          float[] logits =
              Objects.requireNonNull(
                      built
                          .parts
                          .functions()
                          .call(
                              built.session,
                              ParetoModel.ONE,
                              Map.of(
                                  ParetoModel.IMAGE,
                                  RayResult.images(own),
                                  ParetoModel.PREFERENCE,
                                  NpyArray.of(preference, 2)))
                          .get(ParetoModel.LOGITS))
                  .floats();
          for (int i = 0; i < 3; i++) {
            double[] scores = doubles(Arrays.copyOfRange(logits, 20 * i, 20 * i + 20));
            sum +=
                preference[0] * PlainHeads.crossEntropy(scores, 0, own.first()[i])
                    + preference[1] * PlainHeads.crossEntropy(scores, 10, own.second()[i]);
          }
        }
        assertThat(loss).isCloseTo(sum / 6, within(1e-5));
      }
    }
  }

  @Test
  void separateNetworksSeeTheirOwnPreferences() {
    String[] overrides = {"model.generator={\"type\":\"separate\"}", "model.weights=[0.9,0.5,0.1]"};
    try (Built built = new Built(spec(overrides))) {
      assertThat(built.batch.preferences())
          .containsExactly(new float[] {0.9f, 0.1f, 0.5f, 0.5f, 0.1f, 0.9f}, within(1e-6f));
      // the gradient of a network that is shared by none: those of others are no part of it
      Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
      Gradients.of(built.parts.ops().loss(), built.store.trainables())
          .forEach((Parameter p, Operand<TFloat32> g) -> wanted.put(p.name(), g));
      assertThat(built.fetch(wanted).get("networks/dense1/bias")).hasSize(60);
      for (int row = 0; row < 3; row++) {
        double total = 0;
        for (int i = 0; i < 20; i++) {
          total += Math.abs(built.fetch(wanted).get("networks/dense1/bias")[20 * row + i]);
        }
        assertThat(total).isGreaterThan(1e-3);
      }
    }
  }

  @Test
  void aStepDependsOnItsNumberAlone() {
    ParetoTask task = new ParetoTask(spec(), data());
    assertThat(task.batch(3).preferences()).isEqualTo(task.batch(3).preferences());
    assertThat(task.batch(3).preferences()).isNotEqualTo(task.batch(4).preferences());
    assertThat(new ParetoTask(spec("training.seed=2"), data()).batch(3).preferences())
        .isNotEqualTo(task.batch(3).preferences());
  }

  @Test
  void settingsThatCannotBeTrainedAreRefused() {
    assertThatThrownBy(() -> new ParetoTask(spec("training.batchSize=7"), data()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training.batchSize")
        .hasMessageContaining("a multiple of 2, received 7");
    assertThatThrownBy(() -> spec("model.generator={\"type\":\"separate\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.weights")
        .hasMessageContaining("Add 'weights'");
    assertThatThrownBy(() -> spec("model.weights=[0.5]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("fixed preferences are for separate networks");
    assertThatThrownBy(
            () -> spec("model.generator={\"type\":\"separate\"}", "model.weights=[0.5,0.2,0.5]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("two networks have one preference");
    assertThatThrownBy(() -> spec("model.weights=[1.5]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("weights");
    assertThatThrownBy(() -> spec("data.augmentation.pad=1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data.augmentation");
    assertThatThrownBy(() -> spec("data={\"type\":\"cifar10\"}", "sample={\"validation\":100}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected mnist");
  }
}
