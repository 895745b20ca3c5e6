// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextBatch;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.run.BenchmarkSubject;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.StepSize;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.TextDataSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;

/** Language models. */
public final class LanguageFamily implements ModelFamily {
  private static final int RANDOM_STEPS = 8;
  private static final int EVALUATED = 8;

  @Override
  public Set<Class<? extends ModelSpec>> models() {
    return Set.of(LanguageModelSpec.class);
  }

  @Override
  public LanguageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    return LanguageExperiment.prepare(given, options);
  }

  @Override
  public LanguageRun finished(RunFolder folder, ExperimentSpec spec) {
    return new LanguageRun(folder, spec);
  }

  @Override
  public void build(ParameterScope scope, ModelSpec model) {
    SpecModels.languageModel(scope, LanguageModelTask.model(model));
  }

  @Override
  public void buildInference(ParameterStore store, ModelSpec model) {
    LanguageOutputs.build(
        store.root().child("inference").tf(),
        SpecModels.languageModel(store.root(), LanguageModelTask.model(model)));
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return LanguageModelTask.define(spec, store, inputs).ops();
  }

  @Override
  public void requireForm(ExportForm form) {
    if (form != ExportForm.GENERATED) {
      throw UserError.in(Setting.of("form"))
          .what("a language model has no baked form: its weights change with every symbol")
          .expected(ExportForm.GENERATED.word())
          .received(form.word())
          .build();
    }
  }

  @Override
  public StepSize stepSize(ExperimentSpec spec) {
    return new StepSize(spec.training().batchSize(), LanguageModelTask.steps(spec.data()));
  }

  @Override
  public BenchmarkSubject<TextBatch> benchmark(ExperimentSpec spec) {
    boolean builtIn = spec.data() instanceof TextDataSpec;
    TextSplits data =
        builtIn
            ? TextDatasets.load(spec.data(), null)
            : randomText(
                LanguageModelTask.model(spec.model()).symbols(),
                RANDOM_STEPS * spec.training().batchSize() * LanguageModelTask.steps(spec.data()),
                spec.training().seed());
    return new BenchmarkSubject<>(
        new LanguageModelTask(spec, data),
        builtIn ? "built-in sample" : "pseudo-random ids, since these data are not built in",
        (graph, i) -> {
          int[] id = {data.test().id(i % data.test().length())};
          TextBatch one = new TextBatch(id, id, new int[] {1}, true);
          new LanguageEvaluator(LanguageModelTask.outputs(graph), 1, 1)
              .measure(graph.session(), List.of(one));
        });
  }

  /** A text in which every symbol of a model may stand anywhere. */
  private static TextSplits randomText(int symbols, int length, long seed) {
    StatelessRandom random = StatelessRandom.of(seed).fold("benchmark");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      // above the surrogates, so that every id is a code point of its own
      text.appendCodePoint(Character.MIN_SUPPLEMENTARY_CODE_POINT + random.below(i, symbols));
    }
    TextPart part = TextPart.of("pseudo-random ids", text.toString());
    // short, because the evaluation after the last step is not timed
    TextPart rest =
        TextPart.of(part.name(), text.substring(0, text.offsetByCodePoints(0, EVALUATED)));
    return TextSplits.of(new RawText(Vocabulary.Kind.CHARACTERS, part, rest, rest));
  }

  @Override
  public boolean readsSymbols() {
    return true;
  }

  @Override
  public RawText text(ExperimentSpec spec, @Nullable Path data) {
    return TextDatasets.read(spec.data(), data);
  }

  @Override
  public String curve(ExperimentSpec spec) {
    return "bpc";
  }

  @Override
  public String onOtherData(RunFolder folder) {
    return "begin a new run with its weights and symbols: import SPEC "
        + folder.path().resolve("checkpoints/best.ckpt")
        + " "
        + Setting.of("vocabulary", "model")
        + " "
        + Setting.of("data", "PATH")
        + " "
        + Setting.of("run", "NEW");
  }
}
