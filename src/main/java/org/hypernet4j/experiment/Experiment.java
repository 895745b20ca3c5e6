package org.hypernet4j.experiment;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.jspecify.annotations.Nullable;

/** A training by its specification, in a run folder, resumable at any moment. */
public sealed interface Experiment extends AutoCloseable
    permits ImageExperiment, LanguageExperiment {

  /**
   * Prepares the experiment that a specification's model asks for.
   *
   * @param given the specification with overrides; without data of the user's its sample section
   *     comes into force
   * @throws UserError for whatever is wrong with specification, data, folder or checkpoint; a
   *     folder is made only when the first two are right
   */
  static Experiment prepare(ExperimentSpec given, TrainOptions options) {
    return given.model() instanceof LanguageModelSpec
        ? LanguageExperiment.prepare(given, options)
        : ImageExperiment.prepare(given, options);
  }

  /** The run folder. */
  RunFolder folder();

  /** The specification in force. */
  ExperimentSpec specification();

  /** The step at which this training begins: 0, or that of the checkpoint it goes on from. */
  long startStep();

  /** How a run goes on that was told to end at another step than before; null for any other. */
  @Nullable String continuation();

  /** The step at which it ends. */
  long totalSteps();

  /** How much there is to learn from, for people: {@code 60,000 images}. */
  String dataSize();

  /** What the built-in sample of the data is, for people. */
  default String sampleName() {
    return "built-in sample";
  }

  /**
   * Trains to the end, or until it is stopped. Can be called once: the run folder is free for
   * others afterwards.
   *
   * @param progress listeners beside those that the specification asks for
   * @param interrupted called after SIGINT or SIGTERM, just before the process ends, with what
   *     became of the training
   */
  TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted);

  /**
   * Begins with weights from elsewhere instead of training: measures them on the validation data
   * and writes them as the checkpoints of step 0, so that the run can be exported, or trained with
   * {@link TrainOptions#resume()}. To be called once, in place of {@link #train}.
   *
   * @param weights every parameter of the model by full name, row-major
   * @return what the validation data gave
   */
  Evaluation begin(Map<String, float[]> weights);

  /**
   * What the training left: its best parameters.
   *
   * @throws UserError if it ended before its first evaluation
   */
  FinishedRun finished();

  /** Frees the run folder, if {@link #train} has not done so. */
  @Override
  void close();
}
