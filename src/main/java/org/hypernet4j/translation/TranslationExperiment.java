// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.measure.Bleu;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.PreparedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/**
 * Trains a translation model by its specification, in a run folder, resumable at any moment.
 *
 * <p>The pieces are written into every checkpoint, so that a trained model needs no data to read
 * and write; and into the run folder, in readable form.
 */
public final class TranslationExperiment extends Experiment {
  /** The folder of the pieces in a run. */
  private static final String VOCABULARY = "vocabulary";

  private final TranslationData data;

  private TranslationExperiment(ExperimentSpec spec, TranslationData data, TrainOptions options) {
    super(
        new TranslationFamily(),
        spec,
        new TranslationTask(spec, data),
        data.fingerprint(),
        options);
    this.data = data;
  }

  /**
   * Reads the sentences and prepares the run, see {@link ModelFamily#prepare}.
   *
   * @throws org.hypernet4j.error.UserError as {@link ModelFamily#prepare}
   */
  public static TranslationExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    TranslationData data = TranslationData.load(spec.data(), options.data(), stored(spec, options));
    TrainedTranslation.requireFit(TranslationTask.model(spec.model()), data.subwords());
    TranslationExperiment experiment = new TranslationExperiment(spec, data, options);
    boolean complete = false;
    try {
      data.subwords().write(experiment.folder().path().resolve(VOCABULARY));
      complete = true;
      return experiment;
    } finally {
      if (!complete) {
        experiment.close();
      }
    }
  }

  /** A run keeps its pieces for ever. */
  private static @Nullable Subwords stored(ExperimentSpec spec, TrainOptions options) {
    if (!options.resume()) {
      return null;
    }
    RunFolder folder = PreparedRun.toResume(spec, options);
    return Subwords.read(folder.path().resolve(VOCABULARY));
  }

  /** Training, validation and test sentences. */
  public TranslationData data() {
    return data;
  }

  @Override
  public List<String> notes() {
    return data.notes();
  }

  @Override
  public String dataSize() {
    return String.format(
        Locale.ROOT,
        "%,d pairs of sentences, %,d pieces",
        data.train().source().size(),
        data.subwords().size());
  }

  @Override
  protected JsonObject remembered() {
    JsonObject remembered = new JsonObject();
    remembered.add(TranslationRun.SUBWORDS, TranslationRun.toJson(data.subwords()));
    return remembered;
  }

  @Override
  public TranslationRun finished() {
    return TranslationRun.open(folder().path());
  }

  @Override
  public Optional<String> testing() {
    return Optional.of("translating the test sentences");
  }

  @Override
  public TestedModel tested(double validation) {
    TranslationRun run = finished();
    TrainedTranslation best = run.best();
    return TestedModel.of(run, best, () -> result(best.measureTests(data), validation));
  }

  private TestResult result(Map<String, Double> tests, double validation) {
    Map<String, Double> figures = new LinkedHashMap<>();
    StringBuilder words = new StringBuilder();
    data.tests()
        .forEach(
            (name, pieces) -> {
              double bleu = tests.getOrDefault(name + "/bleu", Double.NaN);
              double perplexity = tests.getOrDefault(name + "/perplexity", Double.NaN);
              figures.put(key(name, "Bleu"), bleu);
              figures.put(key(name, "Perplexity"), perplexity);
              words.append(
                  String.format(
                      Locale.ROOT,
                      "%s: BLEU %.2f, perplexity %.3f a piece (%,d sentences); ",
                      name,
                      bleu,
                      perplexity,
                      pieces.source().size()));
            });
    figures.put("validationNats", validation);
    words.append(String.format(Locale.ROOT, "validation perplexity %.3f", Math.exp(validation)));
    return new TestResult(tests, words.toString(), figures, List.of("BLEU " + Bleu.CASED));
  }

  /** The name of a figure: {@code test_2016_flickr} and Bleu make {@code test2016FlickrBleu}. */
  private static String key(String test, String metric) {
    StringBuilder key = new StringBuilder();
    for (String word : test.split("[^A-Za-z0-9]+", -1)) {
      key.append(
          key.isEmpty() || word.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return key + metric;
  }
}
