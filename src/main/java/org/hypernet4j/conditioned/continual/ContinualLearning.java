// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.ConditionWords;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.Member;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.ContinualModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Tasks that are learned one after another: see {@link ContinualModelSpec}. */
public final class ContinualLearning implements Member<ContinualData> {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  static ContinualModelSpec spec(ModelSpec model) {
    if (model instanceof ContinualModelSpec continual) {
      return continual;
    }
    throw new IllegalArgumentException("Not a model of tasks in sequence: " + model);
  }

  /** How many tasks have begun when a training is complete. */
  static int learned(ExperimentSpec experiment) {
    ContinualModelSpec design = spec(experiment.model());
    long steps = experiment.training().totalSteps(design.stepsPerTask());
    long begun = (steps + design.stepsPerTask() - 1) / design.stepsPerTask();
    return (int) Math.min(design.tasks().count(), begun);
  }

  @Override
  public Class<ContinualModelSpec> model() {
    return ContinualModelSpec.class;
  }

  @Override
  public ContinualData load(ExperimentSpec spec, @Nullable Path folder) {
    return ContinualData.load(spec(spec.model()).tasks(), spec.data(), folder);
  }

  @Override
  public TrainingTask<?> task(ExperimentSpec spec, ContinualData data) {
    return new ContinualTask(spec, data.tasks());
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return new ContinualStep(spec, store, inputs).ops();
  }

  @Override
  public Functions build(ParameterStore store, ModelSpec model) {
    ContinualModelSpec design = spec(model);
    return ContinualFunctions.of(store.root(), new ContinualModel(store.root(), design), design);
  }

  @Override
  public Optional<String> comparedBy() {
    return Optional.of("error");
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return List.of(
        ComparedFigure.share("accuracyGivenTask", "task given"),
        ComparedFigure.share("accuracyInferredTask", "task inferred"),
        ComparedFigure.share("accuracyWhenLearned", "when learned"),
        ComparedFigure.share("forgetting", "forgotten"));
  }

  /** The test images of all tasks that were learned, with and without their task. */
  @Override
  public TestResult measure(OpenedMember model, ContinualData data, double validation) {
    ContinualModelSpec design = spec(model.spec().model());
    TaskEvaluator evaluator =
        new TaskEvaluator(model::call, model.spec().training().evaluateBatchSize());
    int learned = learned(model.spec());
    Map<String, Double> byTask = new LinkedHashMap<>();
    double given = 0;
    double told = 0;
    double inferred = 0;
    for (int t = 0; t < learned; t++) {
      TaskEvaluator.Counts counts =
          evaluator.counts(
              data.tasks().get(t).test(), t, learned, data.tasks().count(), design.ownHeads());
      double images = (double) counts.images() * learned;
      given += counts.given() / images;
      told += counts.task() / images;
      inferred += counts.inferred() / images;
      byTask.put(ContinualTask.accuracy(t), (double) counts.given() / counts.images());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("accuracyGivenTask", given);
    figures.put("accuracyInferredTask", inferred);
    figures.put("taskInferred", told);
    figures.putAll(byTask);
    String words =
        String.format(
            Locale.ROOT,
            "%d tasks, mean test accuracy %.2f %% with the task given, %.2f %% with the task"
                + " inferred (told rightly for %.2f %%)",
            learned,
            100 * given,
            100 * inferred,
            100 * told);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("error", 1 - given);
    metrics.putAll(figures);
    return new TestResult(metrics, words, figures, history(model, learned, figures));
  }

  /** What was forgotten since each task was learned, if the run has recorded it. */
  private static List<String> history(
      OpenedMember model, int learned, Map<String, Double> figures) {
    Path metrics = model.folder().metrics();
    if (!Files.isRegularFile(metrics)) {
      return List.of();
    }
    AccuracyHistory history =
        AccuracyHistory.read(metrics, learned, spec(model.spec().model()).stepsPerTask());
    figures.put("accuracyWhenLearned", history.meanLearned());
    figures.put("forgetting", history.forgetting());
    return List.of(
        String.format(
            Locale.ROOT,
            "validation accuracy %.2f %% when a task had just been learned; since then %.2f points"
                + " forgotten on average",
            100 * history.meanLearned(),
            100 * history.forgetting()));
  }

  @Override
  public Map<String, NpyArray> example(ExperimentSpec spec, ContinualData data, int i) {
    return TaskRows.of(data.tasks(), i, 1).inputs();
  }

  @Override
  public List<ReferenceCase> references(OpenedMember model, @Nullable Path data) {
    ImageTasks tasks =
        ContinualData.load(spec(model.spec().model()).tasks(), model.spec().data(), data).tasks();
    List<ReferenceCase> cases = new ArrayList<>();
    int from = 0;
    for (int count : REFERENCE_BATCHES) {
      TaskRows rows = TaskRows.of(tasks, from, count);
      cases.add(model.reference(ServingSignature.DEFAULT_KEY, rows.inputs()));
      cases.add(
          model.reference(
              ContinualFunctions.INFER, Map.of(ContinualFunctions.IMAGE, rows.image())));
      from += count;
    }
    return cases;
  }

  @Override
  public String curve() {
    return "accuracy";
  }

  @Override
  public Drawing draw(OpenedMember model, DrawOptions options) {
    return new ContinualPictures(model, options.folder()).draw();
  }

  /**
   * The network of one task, with the outputs of its own head.
   *
   * @param condition the number of the task
   */
  @Override
  public BakedMember bake(OpenedMember model, String condition) {
    int tasks = spec(model.spec().model()).tasks().count();
    return BakedTask.of(model, ConditionWords.index(condition, tasks));
  }
}
