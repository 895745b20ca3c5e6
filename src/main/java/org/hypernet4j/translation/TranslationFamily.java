// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.List;
import java.util.Set;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.data.TranslationBatch;
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
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;

/** Translation models. */
public final class TranslationFamily implements ModelFamily {
  @Override
  public Set<Class<? extends ModelSpec>> models() {
    return Set.of(TranslationModelSpec.class);
  }

  @Override
  public TranslationExperiment prepare(ExperimentSpec given, TrainOptions options) {
    return TranslationExperiment.prepare(given, options);
  }

  @Override
  public TranslationRun finished(RunFolder folder, ExperimentSpec spec) {
    return new TranslationRun(folder, spec);
  }

  @Override
  public void build(ParameterScope scope, ModelSpec model) {
    SpecTranslation.model(scope, TranslationTask.model(model));
  }

  @Override
  public void buildInference(ParameterStore store, ModelSpec model) {
    TranslationModelSpec spec = TranslationTask.model(model);
    TranslationOutputs.build(
        store.root().child("inference").tf(),
        SpecTranslation.model(store.root(), spec),
        spec.beam());
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return TranslationTask.define(spec, store, inputs).ops();
  }

  @Override
  public void requireForm(ExportForm form) {
    if (form != ExportForm.GENERATED) {
      throw UserError.in(Setting.of("form"))
          .what("a translation model has no baked form: its weights change with every piece")
          .expected(ExportForm.GENERATED.word())
          .received(form.word())
          .build();
    }
  }

  /** A step at the length that benchmarks of this kind of model use. */
  @Override
  public BenchmarkSubject<TranslationBatch> benchmark(ExperimentSpec spec) {
    TranslationData data = BenchmarkSentences.of(spec);
    int[] one = data.tests().values().iterator().next().source().get(0);
    return new BenchmarkSubject<>(
        new TranslationTask(spec, data),
        BenchmarkSentences.describe(),
        (graph, i) -> {
          TranslationOutputs outputs = TranslationTask.outputs(graph);
          TranslationTask.evaluator(spec, data, outputs)
              .translate(graph.session(), outputs.beam(), List.of(one));
        });
  }

  @Override
  public String curve(ExperimentSpec spec) {
    return TranslationEvaluator.NATS;
  }

  @Override
  public String onOtherData(RunFolder folder) {
    return "start a new run";
  }
}
