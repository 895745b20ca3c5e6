// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.List;
import java.util.Set;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeBatch;
import org.hypernet4j.data.StrokeBatches;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.run.BenchmarkSubject;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;

/** Models of handwriting and sketches. */
public final class StrokesFamily implements ModelFamily {
  @Override
  public Set<Class<? extends ModelSpec>> models() {
    return Set.of(StrokesModelSpec.class);
  }

  @Override
  public StrokesExperiment prepare(ExperimentSpec given, TrainOptions options) {
    return StrokesExperiment.prepare(given, options);
  }

  @Override
  public StrokesRun finished(RunFolder folder, ExperimentSpec spec) {
    return new StrokesRun(folder, spec);
  }

  @Override
  public void build(ParameterScope scope, ModelSpec model) {
    SpecModels.strokeModel(scope, StrokesTask.model(model));
  }

  @Override
  public void buildInference(ParameterStore store, ModelSpec model) {
    StrokesOutputs.build(
        store.root().child("inference").tf(),
        SpecModels.strokeModel(store.root(), StrokesTask.model(model)));
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    double meanPoints = 1; // only a constant in the loss, of a graph that never trains
    return StrokesTask.define(spec, store, inputs, meanPoints).ops();
  }

  @Override
  public void requireForm(ExportForm form) {
    if (form != ExportForm.GENERATED) {
      throw UserError.in(Setting.of("form"))
          .what("a model of strokes has no baked form: its weights change with every point")
          .expected(ExportForm.GENERATED.word())
          .received(form.word())
          .build();
    }
  }

  /** A step at the length that benchmarks of this kind of model use. */
  @Override
  public BenchmarkSubject<StrokeBatch> benchmark(ExperimentSpec spec) {
    DrawingSplits data = BenchmarkDrawings.of(spec);
    StrokeScaling scaling = StrokeScaling.of(data.train(), StrokeScaling.Kind.ONE_SD);
    Vocabulary vocabulary = StrokesTask.vocabulary(spec.model(), data.train());
    List<StrokeBatch> one =
        List.of(StrokeBatches.inOrder(data.test(), scaling, 1, vocabulary).iterator().next());
    return new BenchmarkSubject<>(
        new StrokesTask(spec, data, scaling),
        BenchmarkDrawings.describe(spec),
        (graph, i) ->
            new StrokesEvaluator(StrokesTask.outputs(graph), scaling)
                .measure(graph.session(), one));
  }

  @Override
  public String curve(ExperimentSpec spec) {
    return StrokesTask.criterion(spec);
  }

  @Override
  public String onOtherData(RunFolder folder) {
    return "start a new run";
  }
}
