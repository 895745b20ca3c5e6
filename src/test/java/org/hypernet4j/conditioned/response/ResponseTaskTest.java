// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

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
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.StepInputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The two losses of a step and their derivatives, through the strength as well. */
class ResponseTaskTest {
  private static final int HIDDEN = 4;
  private static final double LOWEST = -4;
  private static final double HIGHEST = -1;
  private static final double CENTRE = (LOWEST + HIGHEST) / 2;
  private static final double SCALE = (HIGHEST - LOWEST) / Math.sqrt(12);

  static ExperimentSpec spec(String... overrides) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "model.network.hidden=[4]",
                "model.generator={\"type\":\"heads\",\"hiddenSizes\":[3]}",
                "model.images=60",
                "model.lowest=-4",
                "model.highest=-1",
                "model.start=-1.8",
                "model.spread=0.8",
                "model.draws=3",
                "model.points=4",
                "training.batchSize=12",
                "sample={\"validation\":100}"));
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "best-response-l2.json"), all).forSample();
  }

  /** The task in a graph. */
  private static final class Built implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 3);
    final ResponseTask.Built built;
    final ResponseTask.Parts parts;
    final ResponseBatch batch;

    Built(ExperimentSpec spec) {
      ResponseTask task = new ResponseTask(spec, ResponseData.load(spec, null));
      built = task.build(store, StepInputs.whole(store));
      parts = built.parts();
      batch = task.batch(5);
    }

    Fetched fetch(Map<String, Operand<TFloat32>> wanted) {
      try (Feeds feeds = new Feeds()) {
        built.feed(batch, 5, feeds);
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

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  private static double condition(double strength) {
    return (strength - CENTRE) / SCALE;
  }

  private static double fit(PlainHeads plain, ImageBatch batch, int from, int to, double strength) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      float[] image = new float[784];
      for (int p = 0; p < 784; p++) {
        image[p] = (batch.pixels()[i * 784 + p] & 0xff) / 255f;
      }
      sum +=
          PlainHeads.crossEntropy(plain.scores(image, condition(strength)), 0, batch.labels()[i]);
    }
    return sum / (to - from);
  }

  private static double clipped(double strength) {
    return Math.max(LOWEST, Math.min(HIGHEST, strength));
  }

  /** The mean of cross entropy and decay over the strengths, {@code clip(l + s eps)}. */
  private static double objective(PlainHeads plain, ResponseBatch batch, double around) {
    double sum = 0;
    int rows = batch.strengths().length;
    int each = batch.training().count() / rows;
    for (int row = 0; row < rows; row++) {
      double strength = clipped(around + 0.8 * batch.strengths()[row]);
      sum +=
          fit(plain, batch.training(), row * each, (row + 1) * each, strength)
              + Math.pow(10, strength) * plain.halfSquares(condition(strength));
    }
    return sum / rows;
  }

  private static double validation(PlainHeads plain, ResponseBatch batch) {
    double strength = CENTRE + SCALE * plain.parameter("strength/position")[0];
    return fit(plain, batch.validation(), 0, batch.validation().count(), clipped(strength));
  }

  @Test
  void bothLossesAndTheirDerivativesAreThoseOfDoubleArithmetic() {
    try (Built built = new Built(spec())) {
      Ops tf = Ops.create(built.graph);
      Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
      wanted.put("objective", built.parts.ops().loss());
      wanted.putAll(built.parts.ops().metrics());
      Adam adam = new Adam(built.store, tf.constant(0.1f), GradientClip.none());
      built
          .parts
          .ops()
          .gradients()
          .gradients(built.store, adam)
          .forEach((Parameter p, Operand<TFloat32> g) -> wanted.put(p.name(), g));
      built.store.initialize(built.session);
      // every trainable parameter has its gradient, from one of the losses
      assertThat(wanted.keySet())
          .containsAll(built.store.trainables().stream().map(Parameter::name).toList());
      Fetched fetched = built.fetch(wanted);
      PlainHeads plain =
          new PlainHeads(ParameterValues.read(built.session, built.store.model()), HIDDEN, 10);
      assertThat((double) fetched.get("log10L2")[0]).isCloseTo(-1.8, within(1e-6));
      double around = fetched.get("log10L2")[0];
      assertThat((double) fetched.get("objective")[0])
          .isCloseTo(objective(plain, built.batch, around), within(1e-5));
      assertThat((double) fetched.get("validationLoss")[0])
          .isCloseTo(validation(plain, built.batch), within(1e-5));
      for (Parameter parameter : built.store.trainables()) {
        double[] own = plain.parameter(parameter.name());
        float[] gradient = fetched.get(parameter.name());
        boolean searched = parameter.name().equals("strength/position");
        for (int i = 0; i < own.length; i += 1 + own.length / 5) {
          double was = own[i];
          own[i] = was + 1e-6;
          double more =
              searched ? validation(plain, built.batch) : objective(plain, built.batch, around);
          own[i] = was - 1e-6;
          double less =
              searched ? validation(plain, built.batch) : objective(plain, built.batch, around);
          own[i] = was;
          assertThat((double) gradient[i])
              .as(parameter.name() + " " + i)
              .isCloseTo((more - less) / 2e-6, within(2e-4));
        }
      }
      assertThat(Math.abs(fetched.get("strength/position")[0])).isGreaterThan(1e-3f);
    }
  }

  @Test
  void separateNetworksAreTrainedAtTheirOwnStrengths() {
    try (Built built = new Built(spec("model.generator={\"type\":\"separate\"}"))) {
      built.store.initialize(built.session);
      assertThat(built.batch.strengths())
          .containsExactly(new float[] {-4, -3, -2, -1}, within(1e-6f));
      assertThat(built.store.model()).noneMatch(p -> p.name().startsWith("strength"));
      double loss = built.fetch(Map.of("loss", built.parts.ops().loss())).get("loss")[0];
      // the same from the functions, a network at a time
      double sum = 0;
      for (int row = 0; row < 4; row++) {
        ImageBatch all = built.batch.training();
        ImageBatch own =
            new ImageBatch(
                Arrays.copyOfRange(all.pixels(), row * 3 * 784, (row + 1) * 3 * 784),
                Arrays.copyOfRange(all.labels(), row * 3, row * 3 + 3));
        NpyArray strength = NpyArray.of(new float[] {-4 + row}, 1);
        float[] logits =
            floats(
                built
                    .parts
                    .functions()
                    .call(
                        built.session,
                        ResponseModel.ONE,
                        Map.of(
                            ResponseModel.IMAGE,
                            CurvePoint.images(own),
                            ResponseModel.STRENGTH,
                            strength)),
                ResponseModel.LOGITS);
        double[] scores = new double[logits.length];
        Arrays.setAll(scores, i -> logits[i]);
        for (int i = 0; i < 3; i++) {
          sum += PlainHeads.crossEntropy(scores, 10 * i, own.labels()[i]) / 3;
        }
        sum +=
            Math.pow(10, -4 + row)
                * floats(
                    built
                        .parts
                        .functions()
                        .call(
                            built.session,
                            ResponseModel.WEIGHTS,
                            Map.of(ResponseModel.STRENGTH, strength)),
                    ResponseModel.HALF_SQUARES)[0];
      }
      assertThat(loss).isCloseTo(sum / 4, within(1e-4));
    }
  }

  private static float[] floats(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats();
  }

  @ParameterizedTest
  @ValueSource(strings = {"heads", "separate"})
  void networksOfEachImageAreThoseOfALoopAndOthersAreNan(String generator) {
    String choice =
        generator.equals("heads")
            ? "model.generator={\"type\":\"heads\",\"hiddenSizes\":[3]}"
            : "model.generator={\"type\":\"separate\"}";
    try (Built built = new Built(spec(choice))) {
      built.store.initialize(built.session);
      ImageBatch batch = built.batch.validation();
      float[] strengths = {-4, -1, -2.3f, Float.NaN, -4.1f, -0.9f, -3.7f};
      ImageBatch some =
          new ImageBatch(Arrays.copyOf(batch.pixels(), 7 * 784), Arrays.copyOf(batch.labels(), 7));
      Map<String, NpyArray> answer =
          built
              .parts
              .functions()
              .call(
                  built.session,
                  ServingSignature.DEFAULT_KEY,
                  Map.of(
                      ResponseModel.IMAGE,
                      CurvePoint.images(some),
                      ResponseModel.STRENGTH,
                      NpyArray.of(strengths, 7)));
      for (int i = 0; i < 7; i++) {
        float[] own = Arrays.copyOfRange(floats(answer, "logits"), 10 * i, 10 * i + 10);
        if (i >= 3 && i <= 5) {
          for (float value : own) {
            assertThat(value).isNaN();
          }
          assertThat(Objects.requireNonNull(answer.get("class")).longs()[i]).isEqualTo(-1);
          continue;
        }
        ImageBatch one =
            new ImageBatch(Arrays.copyOfRange(some.pixels(), i * 784, (i + 1) * 784), new int[1]);
        float[] alone =
            floats(
                built
                    .parts
                    .functions()
                    .call(
                        built.session,
                        ResponseModel.ONE,
                        Map.of(
                            ResponseModel.IMAGE,
                            CurvePoint.images(one),
                            ResponseModel.STRENGTH,
                            NpyArray.of(new float[] {strengths[i]}, 1))),
                "logits");
        assertThat(own).containsExactly(alone, within(1e-5f));
      }
    }
  }

  @Test
  void settingsThatCannotBeTrainedAreRefused() {
    assertRefused("a multiple of 3, received 10", "training.batchSize=10");
    assertRefused("training.l2", "training.l2=0.1");
    assertRefused(
        "training.batchSize: the search sees as many validation images in a step, and there are"
            + " fewer; expected at most 100, received 120",
        "training.batchSize=120");
    assertRefused("model.images", "model.images=100000");
    assertThatThrownBy(() -> spec("model.generator={\"type\":\"plain\"}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.generator")
        .hasMessageContaining("the same network for every strength");
    assertThatThrownBy(() -> spec("model.highest=-4"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.highest")
        .hasMessageContaining("expected more than -4.0, received -4.0");
    assertThatThrownBy(() -> spec("model.start=-0.5"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.start");
    assertThatThrownBy(() -> spec("data.augmentation.pad=1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("data.augmentation");
  }

  private static void assertRefused(String message, String override) {
    ExperimentSpec spec = spec(override);
    assertThatThrownBy(() -> new ResponseTask(spec, ResponseData.load(spec, null)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}
