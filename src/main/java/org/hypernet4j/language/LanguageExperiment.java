// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.PreparedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * Trains a language model by its specification, in a run folder, resumable at any moment.
 *
 * <p>The vocabulary is written into the run folder, in readable form, and into every checkpoint, so
 * that a trained model needs no data to find its symbols.
 *
 * <pre>{@code
 * LanguageExperiment experiment = LanguageExperiment.prepare(spec, options);
 * TrainingResult result =
 *     experiment.train(List.of(new PlainProgress(System.err)), stopped -> {});
 * try (TrainedLanguageModel best = experiment.finished().best()) {
 *   System.out.println(best.measure(experiment.data().test()));
 * }
 * }</pre>
 */
public final class LanguageExperiment extends Experiment {
  private final TextSplits data;

  private LanguageExperiment(ExperimentSpec spec, TextSplits data, TrainOptions options) {
    super(
        new LanguageFamily(), spec, new LanguageModelTask(spec, data), data.fingerprint(), options);
    this.data = data;
  }

  /**
   * Reads the text and prepares the run, see {@link ModelFamily#prepare}.
   *
   * @throws UserError as {@link ModelFamily#prepare}
   */
  public static LanguageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    RawText text = TextDatasets.read(spec.data(), options.data());
    TextSplits data = TextSplits.of(text, vocabulary(spec, text, options));
    LanguageExperiment experiment = new LanguageExperiment(spec, data, options);
    boolean complete = false;
    try {
      AtomicFiles.writeString(experiment.folder().vocabulary(), data.vocabulary().toJson() + "\n");
      complete = true;
      return experiment;
    } finally {
      if (!complete) {
        experiment.close();
      }
    }
  }

  /** A run keeps its symbols for ever; a new one has those of its text, or those of the options. */
  private static Vocabulary vocabulary(ExperimentSpec spec, RawText text, TrainOptions options) {
    if (options.vocabulary() != null) {
      return options.vocabulary();
    }
    Vocabulary own = text.vocabulary();
    if (!options.resume()) {
      return own;
    }
    RunFolder folder = PreparedRun.toResume(spec, options);
    Vocabulary stored = folder.storedVocabulary();
    if (stored == null) {
      return own;
    }
    if (!stored.containsAll(own)) {
      String next =
          "resume with the same "
              + Setting.of("data")
              + "; for a text without new symbols "
              + new LanguageFamily().onOtherData(folder);
      stored.requireEqual(own, "the run", text.train().name(), next);
    }
    return stored;
  }

  /** The vocabulary, and training, validation and test text. */
  public TextSplits data() {
    return data;
  }

  @Override
  public String dataSize() {
    return String.format(Locale.ROOT, "%,d symbols", data.train().length());
  }

  @Override
  protected JsonObject remembered() {
    JsonObject remembered = new JsonObject();
    remembered.add(LanguageRun.VOCABULARY, data.vocabulary().toJson());
    return remembered;
  }

  @Override
  public LanguageRun finished() {
    return LanguageRun.open(folder().path());
  }

  @Override
  public TestedModel tested(double validation) {
    LanguageRun run = finished();
    TrainedLanguageModel best = run.best();
    return TestedModel.of(run, best, () -> result(best.measure(data.test()), validation));
  }

  private TestResult result(Map<String, Double> test, double validation) {
    double bits = test.getOrDefault("bpc", Double.NaN);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("testBpc", bits);
    figures.put("testLoss", test.getOrDefault("loss", Double.NaN));
    figures.put("validationBpc", validation);
    return new TestResult(
        test,
        String.format(
            Locale.ROOT,
            "test %.4f bits per character (%,d of them), validation %.4f",
            bits,
            data.test().length() - 1,
            validation),
        figures);
  }
}
