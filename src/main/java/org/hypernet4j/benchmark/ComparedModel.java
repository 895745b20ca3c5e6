// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.SessionOptions;

/**
 * One line of a comparison of models: the results and the cost of one model.
 *
 * @param parameters number of parameters of the model
 * @param generatorParameters those of generators and their embeddings; 0 for a plain model
 * @param testError share of wrong classes on the test images, at the best evaluation
 * @param validationError share of wrong classes on the validation images, at the best evaluation
 * @param bestStep the step of the best evaluation
 * @param generationMillis median time to generate all kernels once; 0 for a plain model
 * @param figures by name, of a family that is not compared by its share of errors; else empty
 */
public record ComparedModel(
    String name,
    long parameters,
    long generatorParameters,
    double testError,
    double validationError,
    long bestStep,
    double generationMillis,
    Map<String, Double> figures) {
  private static final int STEPS = 20;

  /** Keeps the order of the figures. */
  public ComparedModel {
    figures = new LinkedHashMap<>(figures);
  }

  /**
   * Measures a trained model.
   *
   * @param name the name of the candidate
   * @param experiment the trained experiment
   * @param validationError the validation error of its best evaluation
   */
  public static ComparedModel of(String name, Experiment experiment, double validationError) {
    ExperimentSpec spec = experiment.specification();
    ParameterTable table = ParameterTable.of(spec.model());
    ModelFamily family = ModelFamilies.of(spec);
    String metric = family.comparedBy().orElseThrow();
    try (TestedModel best = experiment.tested(validationError)) {
      Map<String, Double> figures = new LinkedHashMap<>();
      for (String figure : family.comparedFigures()) {
        figures.put(figure, best.test().figures().getOrDefault(figure, Double.NaN));
      }
      return new ComparedModel(
          name,
          table.total(),
          table.generator(),
          best.test().metric(metric),
          validationError,
          best.run().bestStep(),
          best.model().generationMillis(),
          figures);
    }
  }

  /**
   * The median time of one training step in milliseconds, on images of the built-in sample. The
   * speed of a machine varies: time the models of a comparison one after another, several times,
   * and keep the smallest figure of each.
   */
  public static double stepMillis(ExperimentSpec spec, SessionOptions options) {
    return StepBenchmark.run(spec, STEPS, 0, false, options).medianStepMillis();
  }
}
