package org.hypernet4j.experiment;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.AtomicFiles;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;

/**
 * Trains a language model by its specification, in a run folder, resumable at any moment.
 *
 * <p>The vocabulary is written into the run folder, for people, and into every checkpoint, so that
 * a trained model needs no data to know its symbols.
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
public final class LanguageExperiment implements Experiment {
  private final TextSplits data;
  private final LanguageModelTask task;
  private final RunTraining training;

  private LanguageExperiment(TextSplits data, LanguageModelTask task, RunTraining training) {
    this.data = data;
    this.task = task;
    this.training = training;
  }

  /**
   * Reads the text and prepares the run, see {@link Experiment#prepare}.
   *
   * @throws UserError as there
   */
  public static LanguageExperiment prepare(ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    RawText text = TextDatasets.read(spec.data(), options.data());
    TextSplits data = TextSplits.of(text, vocabulary(spec, text, options));
    LanguageModelTask task = new LanguageModelTask(spec, data);
    RunTraining training =
        RunTraining.prepare(spec, data.fingerprint(), task.stepsPerEpoch(), options);
    boolean complete = false;
    try {
      AtomicFiles.writeString(training.folder().vocabulary(), data.vocabulary().toJson() + "\n");
      complete = true;
      return new LanguageExperiment(data, task, training);
    } finally {
      if (!complete) {
        training.close();
      }
    }
  }

  /** A run keeps its symbols for ever; a new one has those of its text, or what it was told. */
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
          "resume with the same --data; for a text without new symbols "
              + PreparedRun.otherText(folder);
      stored.requireEqual(own, "the run", text.train().name(), next);
    }
    return stored;
  }

  @Override
  public RunFolder folder() {
    return training.folder();
  }

  /** The vocabulary, and training, validation and test text. */
  public TextSplits data() {
    return data;
  }

  @Override
  public ExperimentSpec specification() {
    return training.specification();
  }

  @Override
  public long startStep() {
    return training.startStep();
  }

  @Override
  public @Nullable String continuation() {
    return training.continuation();
  }

  @Override
  public long totalSteps() {
    return specification().training().totalSteps(task.stepsPerEpoch());
  }

  @Override
  public String dataSize() {
    return String.format(Locale.ROOT, "%,d symbols", data.train().length());
  }

  @Override
  public TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted) {
    return training.train(task, remembered(), progress, interrupted, graph -> {});
  }

  @Override
  public Evaluation begin(Map<String, float[]> weights) {
    return training.begin(task, remembered(), weights);
  }

  private JsonObject remembered() {
    JsonObject remembered = new JsonObject();
    remembered.add(LanguageRun.VOCABULARY, data.vocabulary().toJson());
    return remembered;
  }

  @Override
  public LanguageRun finished() {
    return LanguageRun.open(folder().path());
  }

  @Override
  public void close() {
    training.close();
  }
}
