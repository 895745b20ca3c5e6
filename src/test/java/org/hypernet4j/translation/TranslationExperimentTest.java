// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.ParallelText;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.fixtures.TinyTranslation;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.language.LanguageRun;
import org.hypernet4j.measure.Bleu;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translation models in run folders, tiny ones on a few short sentences. */
class TranslationExperimentTest {
  @TempDir Path folder;

  private Path data;

  @BeforeEach
  void writeSentences() throws IOException {
    data = TinyTranslation.write(folder.resolve("data"));
  }

  private TranslationExperiment prepare(ExperimentSpec spec, String run, boolean resume) {
    return TranslationExperiment.prepare(
        spec,
        new TrainOptions(data, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  /** Learns; what was measured while training, reopened, and exported, is the same. */
  @Test
  void learnsAndIsReadAgain() throws IOException {
    TranslationExperiment experiment =
        prepare(TinyTranslation.spec(TinyTranslation.HYPER), "run", false);
    assertThat(experiment.dataSize()).isEqualTo("36 pairs of sentences, 80 pieces");
    TrainingResult result = experiment.train(List.of(), run -> {});
    Evaluation best = Objects.requireNonNull(result.best());
    assertThat(best.criterion()).isEqualTo("nats");
    assertThat(best.metrics().keySet()).containsExactly("nats", "perplexity", "bleu");
    assertThat(Objects.requireNonNull(best.metrics().get("perplexity")))
        .isCloseTo(Math.exp(best.value()), within(1e-9))
        .isLessThan(TinyTranslation.PIECES); // guessing has as many as there are outputs
    assertThat(Runs.losses(folder.resolve("run"))).hasSize(12 + 2);

    TranslationRun run = experiment.finished();
    assertThat(run.subwords())
        .isEqualTo(experiment.data().subwords())
        .isEqualTo(Subwords.read(folder.resolve("run/vocabulary")));
    try (TestedModel tested = experiment.tested(best.value())) {
      Map<String, Double> figures = tested.test().figures();
      assertThat(figures.keySet()).containsExactly("testBleu", "testPerplexity", "validationNats");
      assertThat(tested.test().beside()).containsExactly("BLEU " + Bleu.CASED);

      TrainedTranslation model = (TrainedTranslation) tested.model();
      Map<String, Double> measured =
          model.measure(
              experiment.data().validation(), experiment.data().text().validation().target());
      assertThat(measured).containsEntry("nats", best.value());
      ExportResult exported =
          Exporter.export(
              model.exportRequest(
                  ExportForm.GENERATED,
                  model.references(null),
                  run.provenance(measured),
                  folder.resolve("models")));
      assertThat(exported.report().verified()).isTrue();
      ParallelText test = Objects.requireNonNull(experiment.data().text().tests().get("test"));
      try (Translator ofRun = Translator.of(model, () -> {});
          Translator ofExport = Translator.open(exported.versionFolder())) {
        requireSameAnswers(ofRun, ofExport, test.source());
        requireFigures(ofExport, test, figures);
      }
    }
  }

  private static void requireSameAnswers(
      Translator ofRun, Translator ofExport, List<String> lines) {
    TranslateSettings settings = new TranslateSettings(TinyTranslation.BEAMS, false, 50, 6);
    assertThat(ofRun.properties())
        .isEqualTo(ofExport.properties())
        .isEqualTo(new Translator.Properties("translate-sample", "en", "fr", 3));
    assertThat(ofExport.subwords()).isEqualTo(ofRun.subwords());
    List<List<Translation>> expected = ofRun.translate(lines, settings);
    List<List<Translation>> answered = ofExport.translate(lines, settings);
    assertThat(answered).hasSize(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(answered.get(i)).hasSize(settings.nbest());
      for (int k = 0; k < settings.nbest(); k++) {
        Translation one = expected.get(i).get(k);
        Translation other = answered.get(i).get(k);
        assertThat(other.text()).isEqualTo(one.text());
        assertThat(other.pieces()).isEqualTo(one.pieces());
        assertThat(other.score()).isCloseTo(one.score(), within(1e-5f));
        assertThat(other.alignment()).hasSameSizeAs(one.alignment());
      }
    }
  }

  /**
   * The figures once more by hand: BLEU of what is answered, log-probabilities of the signature
   * {@code score}, and GNMT's formula for the score of a translation.
   */
  private static void requireFigures(
      Translator translator, ParallelText test, Map<String, Double> figures) {
    Subwords subwords = translator.subwords();
    List<String> written = new ArrayList<>();
    double nats = 0;
    int count = 0;
    for (int i = 0; i < test.count(); i++) {
      int[] ids = subwords.encode(test.source().get(i));
      Translation best = translator.translate(List.of(test.source().get(i))).get(0).get(0);
      written.add(best.text());
      int[] right = ended(subwords.encode(test.target().get(i)));
      nats -= sum(scored(translator, ids, right));
      count += right.length;

      int[] own = best.pieces().stream().mapToInt(TranslationExperimentTest::id).toArray();
      for (int k = 0; k < own.length; k++) {
        own[k] = own[k] < 0 ? subwords.pieces().indexOf(best.pieces().get(k)) : own[k];
      }
      int[] whole = best.ended() ? ended(own) : own;
      assertThat((double) best.logProb())
          .isCloseTo(sum(scored(translator, ids, whole)), within(1e-4));
      double coverage = 0;
      for (int s = 0; s < ids.length; s++) {
        double read = 0;
        for (float[] step : best.alignment()) {
          read += step[s];
        }
        coverage += Math.log(Math.min(read, 1));
      }
      assertThat(best.alignment()).hasSize(whole.length);
      assertThat((double) best.score())
          .isCloseTo(
              best.logProb() / Math.pow((5 + whole.length) / 6.0, 0.6) + 0.1 * coverage,
              within(1e-4));
    }
    assertThat(Objects.requireNonNull(figures.get("testPerplexity")))
        .isCloseTo(Math.exp(nats / count), within(1e-3));
    assertThat(Objects.requireNonNull(figures.get("testBleu")))
        .isCloseTo(Bleu.of(written, test.target()).score(), within(1e-9));
  }

  /** The id in the name of an output without a piece, {@code <85>}; -1 for a piece. */
  private static int id(String piece) {
    return piece.matches("<[0-9]+>")
        ? Integer.parseInt(piece.substring(1, piece.length() - 1))
        : -1;
  }

  private static int[] ended(int[] ids) {
    int[] ended = new int[ids.length + 1];
    System.arraycopy(ids, 0, ended, 0, ids.length);
    ended[ids.length] = Subwords.END;
    return ended;
  }

  private static float[] scored(Translator model, int[] source, int[] target) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put("source_ids", NpyArray.of(source, 1, source.length));
    inputs.put("target_ids", NpyArray.of(target, 1, target.length));
    return Objects.requireNonNull(model.call("score", inputs).get("token_log_probs")).floats();
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** Dropout and the order of the sentences go on where they were. */
  @Test
  void resumesToTheLastBit() throws IOException {
    ExperimentSpec spec =
        TinyTranslation.spec(
            "training.checkpoints.everySteps=5",
            "model.keep={\"input\":0.8}",
            "model.labelSmoothing=0.1");
    prepare(spec, "whole", false).train(List.of(), run -> {});
    Runs.trainUntilKilled(prepare(spec, "parts", false), 8);
    TranslationExperiment second = prepare(spec, "parts", true);
    assertThat(second.startStep()).isEqualTo(6); // an evaluation writes one as well

    second.train(List.of(), run -> {});

    assertThat(Runs.losses(folder.resolve("parts")))
        .hasSize(14)
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    Map<String, NpyArray> end = latest("parts");
    Map<String, NpyArray> whole = latest("whole");
    assertThat(end.keySet()).isEqualTo(whole.keySet());
    end.forEach(
        (name, array) ->
            assertThat(array.floats())
                .as(name)
                .isEqualTo(Objects.requireNonNull(whole.get(name)).floats()));
  }

  private Map<String, NpyArray> latest(String run) {
    Checkpoint checkpoint =
        new RunFolder(folder.resolve(run)).checkpoints(1).latest().orElseThrow();
    return checkpoint.values();
  }

  @Test
  void refusesToGoOnWithOtherSentencesOrPieces() throws IOException {
    ExperimentSpec spec = TinyTranslation.spec("training.steps=2");
    prepare(spec, "run", false).train(List.of(), run -> {});
    assertThatThrownBy(
            () ->
                prepare(
                    TinyTranslation.spec("training.steps=2", "model.beam.alpha=0.2"), "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.beam.alpha");
    assertThatThrownBy(() -> LanguageRun.open(folder.resolve("run")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not that of a language model")
        .hasMessageContaining("a translation model");

    Path vocabulary = folder.resolve("run/vocabulary");
    Subwords pieces = Subwords.read(vocabulary);
    Subwords.train(List.of("the cat", "le chat dort"), 40).write(vocabulary);
    assertThatThrownBy(() -> prepare(spec, "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("start a new run");
    pieces.write(vocabulary);
    Files.writeString(data.resolve("val.fr"), "Un\nDeux\nTrois\nQuatre\nCinq\nSix\n");
    assertThatThrownBy(() -> prepare(spec, "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("start a new run");
  }

  /** More pieces than the model has outputs for: nothing is begun. */
  @Test
  void refusesAVocabularyThatIsLargerThanTheModel() {
    Path vocabulary = folder.resolve("pieces");
    Subwords.train(List.of("abcdefghijklmnopqrstuvwxyzé", "ABCDEFGHIJKLMNOPQRSTUVWXYZ."), 60)
        .write(vocabulary);
    ExperimentSpec spec =
        TinyTranslation.spec(
            "model.pieces=50",
            "data.vocabularySize=50",
            "data.vocabulary=" + vocabulary.toAbsolutePath());

    assertThatThrownBy(() -> prepare(spec, "run", false))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "model.pieces: the model has fewer pieces than the vocabulary; expected at least 60,"
                + " received 50");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
