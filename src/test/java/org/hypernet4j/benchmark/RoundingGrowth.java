// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.fixtures.Trained;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.language.LanguageModelTask;
import org.hypernet4j.language.TextDatasets;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;

/**
 * What a change of every initial parameter by one rounding does to the losses of a training: how
 * far two devices may be apart although both are right. Not a test; docs/gpu.md has what it prints.
 */
final class RoundingGrowth {
  private static final double[] CHANGES = {
    1e-7, 1e-6
  }; // relative, up or down; one rounding is 6e-8

  private RoundingGrowth() {}

  /**
   * Prints a relative difference for each step.
   *
   * @param words specification, folder of the data or {@code -} for the built-in sample, number of
   *     steps, then what {@code --set} takes
   */
  public static void main(String[] words) {
    Path data = words[1].equals("-") ? null : Path.of(words[1]);
    int steps = Integer.parseInt(words[2]);
    List<String> overrides = List.of(words).subList(3, words.length);
    ExperimentSpec given = SpecFiles.read(Path.of(words[0]), overrides);
    ExperimentSpec spec = data == null ? given.forSample() : given;
    TrainingTask<?> task =
        spec.model() instanceof LanguageModelSpec
            ? new LanguageModelTask(spec, TextDatasets.load(spec.data(), data))
            : new ImageClassificationTask(spec, ImageDatasets.load(spec.data(), data));
    List<Float> plain = losses(task, spec, steps, 0);
    System.out.println("losses " + plain);
    for (double change : CHANGES) {
      List<Float> changed = losses(task, spec, steps, change);
      StringBuilder line = new StringBuilder("changed by " + change + ":");
      for (int i = 0; i < steps; i++) {
        double difference = (changed.get(i) - plain.get(i)) / plain.get(i);
        line.append(String.format(Locale.ROOT, " %.1e", difference));
      }
      System.out.println(line);
    }
  }

  private static <B> List<Float> losses(
      TrainingTask<B> task, ExperimentSpec spec, int steps, double change) {
    List<Float> heard = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState state, StepResult step) {
            heard.add(step.loss());
            if (heard.size() == steps) {
              state.requestStop("that many were asked for");
            }
          }
        };
    try (TrainingGraph<B> graph = Trained.open(task, spec, new SessionOptions(1, false, false))) {
      if (change > 0) {
        change(graph, change);
      }
      // further than is gone, so that nothing is evaluated
      Trainer.Settings settings =
          new Trainer.Settings(steps + 1L, steps + 1L, SpecOptimizers.schedule(spec.training()), 4);
      new Trainer<>(graph, settings).fit(List.of(recorder));
    }
    return heard;
  }

  private static void change(TrainingGraph<?> graph, double change) {
    Random random = new Random(1);
    Map<String, float[]> values =
        new LinkedHashMap<>(ParameterValues.read(graph.session(), graph.store().trainables()));
    for (float[] flat : values.values()) {
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) (flat[i] * (1 + (random.nextBoolean() ? change : -change)));
      }
    }
    ParameterValues.assign(graph.session(), graph.store(), values);
  }
}
