// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.benchmark;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
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
 * @param testError share of wrong classes on the test images, at the best evaluation; NaN for a
 *     family that is compared by figures of its own
 * @param validationError share of wrong classes on the validation images, at the best evaluation;
 *     or the criterion of the best evaluation
 * @param bestStep the step of the best evaluation
 * @param generationMillis median time to generate all kernels once; 0 for a plain model
 * @param figures results on the test data by name, for a family that is compared by them
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
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /**
   * Measures a trained model.
   *
   * @param name the name of the candidate
   * @param experiment the trained experiment
   * @param validationError the validation error of its best evaluation
   * @param seen is given the tested model, while it is open
   */
  public static ComparedModel of(
      String name, Experiment experiment, double validationError, Consumer<TestedModel> seen) {
    ExperimentSpec spec = experiment.specification();
    ParameterTable table = ParameterTable.of(spec.model());
    ModelFamily family = ModelFamilies.of(spec);
    String metric = family.comparedBy().orElse(null);
    try (TestedModel best = experiment.tested(validationError)) {
      seen.accept(best);
      return new ComparedModel(
          name,
          table.total(),
          table.generator(),
          metric == null ? Double.NaN : best.test().metric(metric),
          validationError,
          best.run().bestStep(),
          best.model().generationMillis(),
          family.comparedFigures().isEmpty() ? Map.of() : best.test().figures());
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
