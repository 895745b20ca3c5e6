// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.language.LanguageModelTask;
import org.hypernet4j.language.TinyText;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.proto.GraphDef;

/**
 * What some steps of a training gave, for comparing one way of computing them with another.
 *
 * @param steps what listeners heard
 * @param values all parameters afterwards, slots included
 */
public record Trained(List<StepResult> steps, Map<String, float[]> values) {

  /** Trains without a run folder. */
  public static Trained by(ExperimentSpec spec, SessionOptions options, int steps) {
    return by(task(spec), spec, options, steps);
  }

  private static TrainingTask<?> task(ExperimentSpec spec) {
    return spec.model() instanceof LanguageModelSpec
        ? new LanguageModelTask(spec, TinyText.splits())
        : new ImageClassificationTask(spec, ImageDatasets.load(spec.data(), null));
  }

  /** The same with a task of one's own. */
  public static <B> Trained by(
      TrainingTask<B> task, ExperimentSpec spec, SessionOptions options, int steps) {
    List<StepResult> heard = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            heard.add(step);
          }
        };
    try (TrainingGraph<B> graph = open(task, spec, options)) {
      Trainer.Settings settings =
          new Trainer.Settings(steps, steps, SpecOptimizers.schedule(spec.training()), 4);
      new Trainer<>(graph, settings).fit(List.of(recorder));
      return new Trained(heard, ParameterValues.read(graph.session(), graph.store().all()));
    }
  }

  /** The graph that would be trained. */
  public static GraphDef graph(ExperimentSpec spec, SessionOptions options) {
    try (TrainingGraph<?> graph = open(task(spec), spec, options)) {
      return graph.graph().toGraphDef();
    }
  }

  /** The training, before its first step. */
  static <B> TrainingGraph<B> open(
      TrainingTask<B> task, ExperimentSpec spec, SessionOptions options) {
    return new TrainingGraph<>(
        task,
        spec.training().seed(),
        SpecOptimizers.optimizer(spec.training()),
        options,
        SpecOptimizers.steps(spec.training(), options));
  }

  /** Losses, metrics, gradient norms, rates and parameters are those of another training. */
  public void requireEqual(Trained other, double tolerance) {
    assertThat(steps).hasSameSizeAs(other.steps);
    for (int i = 0; i < steps.size(); i++) {
      StepResult mine = steps.get(i);
      StepResult its = other.steps.get(i);
      String step = "of step " + (i + 1);
      assertThat(mine.step()).isEqualTo(its.step()).isEqualTo(i + 1);
      assertThat(mine.learningRate()).isEqualTo(its.learningRate());
      assertThat(mine.examples()).isEqualTo(its.examples());
      assertThat(mine.loss()).as("loss " + step).isCloseTo(its.loss(), within((float) tolerance));
      assertThat(mine.gradientNorm())
          .as("gradient norm " + step)
          .isCloseTo(its.gradientNorm(), within((float) tolerance));
      its.metrics()
          .forEach(
              (name, value) ->
                  assertThat(mine.metrics().get(name))
                      .as(name + " " + step)
                      .isCloseTo(value, within((float) tolerance)));
    }
    assertThat(values.keySet()).isEqualTo(other.values.keySet());
    other.values.forEach(
        (name, numbers) ->
            assertThat(Objects.requireNonNull(values.get(name)))
                .as(name)
                .containsExactly(numbers, within((float) tolerance)));
  }
}
