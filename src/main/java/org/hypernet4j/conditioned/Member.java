// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/**
 * One use of networks made from a condition: its data, its training, its figures, its pictures and
 * its served functions. An implementation has no state.
 *
 * @param <D> what it learns from
 */
public interface Member<D extends MemberData> {
  /** The specification of its models. */
  Class<? extends ModelSpec> model();

  /**
   * Reads the data.
   *
   * @param spec the specification in force
   * @param folder the user's copy of the data, or null for the built-in sample
   */
  D load(ExperimentSpec spec, @Nullable Path folder);

  /**
   * Reads what a training needs, which may be more than the data: a trained network to begin with.
   *
   * @param spec the specification in force
   */
  default D load(ExperimentSpec spec, TrainOptions options) {
    return load(spec, options.data());
  }

  /** The training. */
  TrainingTask<?> task(ExperimentSpec spec, D data);

  /** Builds the ops of one training step; needs no data. */
  TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs);

  /**
   * Creates the parameters below the store's root and builds what the model computes, with equal
   * ops in every graph.
   */
  Functions build(ParameterStore store, ModelSpec model);

  /** What {@link #measure} does if that takes long, for the user who waits. */
  default Optional<String> measuring(ExperimentSpec spec) {
    return Optional.empty();
  }

  /**
   * The figures of a trained model on the test data.
   *
   * @param validation the criterion of the best evaluation
   */
  TestResult measure(OpenedMember model, D data, double validation);

  /**
   * Inputs and outputs that an exported model must reproduce: batches of 1, 7 and 32 rows.
   *
   * @param data the user's copy of the data, or null for the built-in sample
   */
  List<ReferenceCase> references(OpenedMember model, @Nullable Path data);

  /**
   * The inputs of the function {@code serving_default} for one row of the test data.
   *
   * @param i the number of the row; larger ones begin again
   */
  Map<String, NpyArray> example(ExperimentSpec spec, D data, int i);

  /** Draws the pictures of a trained model. */
  Drawing draw(OpenedMember model, DrawOptions options);

  /** The metric of the test data by which models are compared; empty if they cannot be. */
  default Optional<String> comparedBy() {
    return Optional.empty();
  }

  /** The metric of the evaluations that shows best how a training went. */
  default String curve() {
    return comparedBy().orElse("loss");
  }

  /** The figures by which models are compared, each a column of the table. */
  default List<ComparedFigure> comparedFigures() {
    return List.of();
  }

  /**
   * A chart of the models of a comparison.
   *
   * @param figures {@link TestResult#figures} of each model by its name
   * @return empty if the table shows all there is
   */
  default Optional<Chart> comparedChart(Map<String, Map<String, Double>> figures) {
    return Optional.empty();
  }

  /**
   * One network of the family as an ordinary network.
   *
   * @param condition in words, as the user has given it
   * @throws UserError if it is no condition of this model
   */
  default BakedMember bake(OpenedMember model, String condition) {
    throw UserError.in(Setting.of("condition"))
        .what("a model of this kind cannot be folded into an ordinary network")
        .received("'" + condition + "' for " + model.spec().model().kind())
        .next("export the generated form")
        .build();
  }
}
