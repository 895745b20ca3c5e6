// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hypernet4j.data.RawText;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/**
 * Models that learn from the same kind of data in the same way: images, language. Of a model,
 * commands depend on its family only; {@link ModelFamilies} finds it by the type of the
 * specification.
 *
 * <p>An implementation has no state.
 */
public interface ModelFamily {
  /** The specifications of its models. */
  Set<Class<? extends ModelSpec>> models();

  /**
   * Reads the data and prepares an experiment.
   *
   * @param given the specification with overrides; without data of the user's, its sample section
   *     applies
   * @throws UserError if specification, data, folder or checkpoint is wrong; a folder is created
   *     only when the first two are right
   */
  Experiment prepare(ExperimentSpec given, TrainOptions options);

  /**
   * Opens a run that was trained earlier.
   *
   * @throws UserError if it has no best checkpoint
   */
  FinishedRun finished(RunFolder folder, ExperimentSpec spec);

  /** Creates a model's parameters below a scope. */
  void build(ParameterScope scope, ModelSpec model);

  /** Builds a model with the outputs that a server returns, for inspection of the graph. */
  void buildInference(ParameterStore store, ModelSpec model);

  /** Builds the ops of one training step; needs no data. */
  TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs);

  /**
   * The model with every kernel an ordinary parameter; the model itself where none is generated.
   */
  default ModelSpec plain(ModelSpec model) {
    return model;
  }

  /**
   * Checks that models can be exported in a form.
   *
   * @throws UserError if they have no such form
   */
  default void requireForm(ExportForm form) {}

  /** The subject of a benchmark: a task on the built-in sample. */
  BenchmarkSubject<?> benchmark(ExperimentSpec spec);

  /** The size of a training step. */
  default StepSize stepSize(ExperimentSpec spec) {
    return new StepSize(spec.training().batchSize(), null);
  }

  /** The metric of the test data by which models are compared; empty if they cannot be. */
  default Optional<String> comparedBy() {
    return Optional.empty();
  }

  /**
   * The figures of the test data by which models are compared, beside or instead of {@link
   * #comparedBy}; empty if there are none.
   */
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

  /** The metric of the evaluations that shows best how a training went. */
  default String curve(ExperimentSpec spec) {
    return comparedBy().orElse("loss");
  }

  /** Whether the inputs are ids of symbols, which have a meaning only with a vocabulary. */
  default boolean readsSymbols() {
    return false;
  }

  /**
   * The text whose symbols the ids stand for.
   *
   * @param data the user's copy of the data, or null for the built-in text
   * @throws UnsupportedOperationException if the family does not read symbols
   */
  default RawText text(ExperimentSpec spec, @Nullable Path data) {
    throw new UnsupportedOperationException("No text: " + spec.model());
  }

  /** The instruction, for errors, on training a model of a run on other data. */
  default String onOtherData(RunFolder folder) {
    return "start a new run";
  }

  /** Whether a model is of this family. */
  default boolean has(ModelSpec model) {
    return models().contains(model.getClass());
  }

  /**
   * Checks that the model of a run is of this family.
   *
   * @param run its folder, for the error
   * @param wanted the kind of model that the caller can use, {@code an image classifier}
   */
  default void require(Path run, ExperimentSpec spec, String wanted) {
    if (!has(spec.model())) {
      throw UserError.in(run)
          .what("the run is not that of " + wanted)
          .expected(wanted)
          .received("'" + spec.name() + "', " + spec.model().kind())
          .next("give the folder of another run")
          .build();
    }
  }
}
