// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TinyStrokes;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.language.LanguageModelTask;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.strokes.StrokesTask;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.junit.jupiter.api.Test;

/** Frozen parameters of every family, through a training. */
class FreezingTest {
  private static final SessionOptions ONE = new SessionOptions(1, true);
  private static final String DESCENT =
      "training.optimizer={\"type\":\"sgd\",\"learningRate\":0.05}";

  /** A clip by the norm would depend on what is frozen. */
  private static final String UNCLIPPED = "training.gradientClip={\"type\":\"none\"}";

  private static ExperimentSpec images(String graph, String... more) {
    List<String> all = new ArrayList<>(List.of("training.batchSize=8", DESCENT));
    all.addAll(List.of(more));
    return SpecFiles.read(Path.of("graphs", graph + ".json"), all).forSample();
  }

  private static TrainingTask<?> task(ExperimentSpec spec) {
    return new ImageClassificationTask(spec, ImageDatasets.load(spec.data(), null));
  }

  private static String freeze(String... names) {
    return "training.freeze=[\"" + String.join("\",\"", names) + "\"]";
  }

  private static <B> Map<String, float[]> trained(
      TrainingTask<B> task, ExperimentSpec spec, int steps, boolean before) {
    try (TrainingGraph<B> graph = Trained.open(task, spec, ONE)) {
      if (!before) {
        Trainer.Settings settings =
            new Trainer.Settings(100, 100, SpecOptimizers.schedule(spec.training()), 4);
        TrainingListener stop = // before an evaluation, which would take most of the time
            new TrainingListener() {
              @Override
              public void onStep(TrainingState run, StepResult step) {
                if (step.step() == steps) {
                  run.requestStop("enough");
                }
              }
            };
        new Trainer<>(graph, settings).fit(List.of(stop));
      }
      return ParameterValues.read(graph.session(), graph.store().model());
    }
  }

  /**
   * Frozen parameters have the bits that they began with, trainable ones do not; and after a first
   * step of plain descent the others are those of a training without freezing, whose gradient is
   * the same.
   */
  private static void check(
      TrainingTask<?> task, ExperimentSpec spec, TrainingTask<?> freeTask, ExperimentSpec free) {
    List<String> names = spec.training().freeze();
    Map<String, float[]> first = trained(task, spec, 0, true);
    Map<String, float[]> last = trained(task, spec, 3, false);
    Map<String, float[]> oneStep = trained(task, spec, 1, false);
    Map<String, float[]> unfrozen = trained(freeTask, free, 1, false);
    assertThat(last.keySet()).isEqualTo(unfrozen.keySet());
    int frozen = 0;
    for (String name : last.keySet()) {
      if (names.stream().anyMatch(n -> name.equals(n) || name.startsWith(n + "/"))) {
        frozen++;
        assertThat(last.get(name)).as(name).isEqualTo(first.get(name));
      } else {
        assertThat(last.get(name)).as(name).isNotEqualTo(first.get(name));
        assertThat(oneStep.get(name))
            .as(name)
            .containsExactly(Objects.requireNonNull(unfrozen.get(name)), within(1e-6f));
      }
    }
    assertThat(frozen).isPositive().isLessThan(last.size());
  }

  @Test
  void ofAHyperConvolution() {
    ExperimentSpec spec = images("mnist-hyper", freeze("conv1", "generator/output", "dense/bias"));
    ExperimentSpec free = images("mnist-hyper");
    check(task(spec), spec, task(free), free);
  }

  /** Moving means and variances in a frozen scope stay, those elsewhere go on. */
  @Test
  void ofABatchNormalisation() {
    String[] small = {"model.kernels.embeddingSize=4", "model.kernels.hiddenSize=4"};
    ExperimentSpec free = images("cifar10-wrn-10-1-hyper", small);
    ExperimentSpec spec =
        images("cifar10-wrn-10-1-hyper", small[0], small[1], freeze("conv1", "conv2", "last/bn"));
    check(task(spec), spec, task(free), free);
  }

  @Test
  void ofALanguageModel() {
    ExperimentSpec free = TinyText.spec(TinyText.HYPER, UNCLIPPED, DESCENT);
    ExperimentSpec spec =
        TinyText.spec(TinyText.HYPER, UNCLIPPED, DESCENT, freeze("cell/hyper", "softmax/bias"));
    check(
        new LanguageModelTask(spec, TinyText.splits()),
        spec,
        new LanguageModelTask(free, TinyText.splits()),
        free);
  }

  @Test
  void ofAModelOfStrokes() {
    ExperimentSpec free = TinyStrokes.spec(TinyStrokes.LATENT, UNCLIPPED, DESCENT);
    ExperimentSpec spec =
        TinyStrokes.spec(
            TinyStrokes.LATENT, UNCLIPPED, DESCENT, freeze("encoder", "latent/mean/kernel"));
    StrokeScaling scaling =
        StrokeScaling.of(TinyStrokes.splits().train(), StrokeScaling.Kind.ONE_SD);
    check(
        new StrokesTask(spec, TinyStrokes.splits(), scaling),
        spec,
        new StrokesTask(free, TinyStrokes.splits(), scaling),
        free);
  }

  /** Loops of steps and replicas train what a single step trains. */
  @Test
  void staysFrozenInLoopsAndReplicas() {
    String[] settings = {
      freeze("conv1", "generator"), "training.optimizer={\"type\":\"adam\",\"learningRate\":0.001}"
    };
    Trained single = Trained.by(images("mnist-hyper", settings), ONE, 4);
    assertThat(single.values().keySet())
        .contains("optimizer/adam/dense/kernel/m", "optimizer/adam/embeddings/conv2/z/v")
        .noneMatch(name -> name.matches("optimizer/.*/(conv1|generator)/.*"));
    Trained.by(images("mnist-hyper", settings[0], settings[1], "training.stepsPerRun=2"), ONE, 4)
        .requireEqual(single, 1e-6);
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    Trained shared = Trained.by(images("mnist-hyper", settings), two, 4);
    shared.requireEqual(single, 2e-5);
    assertThat(shared.values().get("conv1/kernel")).isEqualTo(single.values().get("conv1/kernel"));
  }

  /** The penalty, lambda / 2 sum w^2, is without the frozen kernels; the sum in double. */
  @Test
  void isNotRegularised() {
    double lambda = 0.1;
    ExperimentSpec free = images("mnist-plain", "training.l2=" + lambda);
    ExperimentSpec spec = images("mnist-plain", "training.l2=" + lambda, freeze("conv1", "dense"));
    double squares = 0;
    try (TrainingGraph<?> graph = Trained.open(task(free), free, ONE)) {
      for (Parameter parameter : graph.store().regularised()) {
        if (!parameter.name().startsWith("conv2/")) {
          for (float w : ParameterValues.read(graph.session(), parameter)) {
            squares += (double) w * w;
          }
        }
      }
    }
    assertThat(squares).isPositive();
    double whole = Trained.by(free, ONE, 1).steps().get(0).loss();
    double less = Trained.by(spec, ONE, 1).steps().get(0).loss();
    assertThat(whole - less).isCloseTo(lambda / 2 * squares, within(1e-4));
  }

  /** 800 numbers in conv1, 4,240 in the generator: counted by hand from their shapes. */
  @Test
  void isCountedApart() {
    ExperimentSpec spec = images("mnist-hyper", freeze("conv1", "generator"));
    ParameterTable table = ParameterTable.of(spec);
    assertThat(table.frozen()).isEqualTo(49 * 16 + 16 + 4_240);
    assertThat(table.trainable()).isEqualTo(12_910 - 5_040);
    assertThat(table.total()).isEqualTo(12_910);
    assertThat(table.replacedIn(ParameterTable.plain(spec))).isEqualTo(12_544);
    assertThat(ParameterTable.plain(spec).frozen()).isEqualTo(800);
    assertThat(ParameterTable.describe(spec))
        .containsPattern("trainable +7,870 +20,410")
        .containsPattern("frozen +5,040 +800");
    assertThat(ParameterTable.describe(images("mnist-hyper"))).doesNotContain("frozen");
    ExperimentSpec recurrent = TinyText.spec(TinyText.HYPER, freeze("cell/hyper"));
    assertThat(ParameterTable.of(recurrent).replacedIn(ParameterTable.plain(recurrent))).isZero();
  }

  @Test
  void aModelWithNothingLeftToTrainIsAnError() {
    ExperimentSpec all = images("mnist-plain", freeze("conv1", "conv2", "dense"));
    assertThatThrownBy(() -> Trained.open(task(all), all, ONE).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is nothing to train")
        .hasMessageContaining("Freeze less of the model.");
    ExperimentSpec wrong = images("mnist-plain", freeze("conv3"));
    assertThatThrownBy(() -> ParameterTable.of(wrong))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 'conv3'. Did you mean 'conv1'?");
  }
}
