// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StopOutcome;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingTask;
import org.jspecify.annotations.Nullable;

/**
 * A training by its specification, in a run folder, resumable at any moment; created by {@link
 * ModelFamily#prepare}.
 */
public abstract class Experiment implements AutoCloseable {
  private final RunTraining<?> training;

  /**
   * Prepares the training; see {@link ModelFamily#prepare}.
   *
   * @param spec the specification in force
   * @param fingerprint identifies the content of the data
   */
  protected <B> Experiment(
      ModelFamily family,
      ExperimentSpec spec,
      TrainingTask<B> task,
      String fingerprint,
      TrainOptions options) {
    training = RunTraining.prepare(family, spec, task, fingerprint, options);
  }

  /** The run folder. */
  public final RunFolder folder() {
    return training.folder();
  }

  /** The specification in force. */
  public final ExperimentSpec specification() {
    return training.specification();
  }

  /** The step at which this training begins: 0, or that of the checkpoint it goes on from. */
  public final long startStep() {
    return training.startStep();
  }

  /** A line on how a run with a changed length continues; null for any other run. */
  public final @Nullable String continuation() {
    return training.continuation();
  }

  /** The step at which it ends. */
  public final long totalSteps() {
    return training.totalSteps();
  }

  /** The size of the training data, human-readable: {@code 60,000 images}. */
  public abstract String dataSize();

  /** What was left out of the data or changed when they were read, a human-readable line each. */
  public List<String> notes() {
    return List.of();
  }

  /** The human-readable name of the built-in sample of the data. */
  public String sampleName() {
    return "built-in sample";
  }

  /**
   * Trains to the end, or until it is stopped. Can be called once: the run folder is free for
   * others afterwards.
   *
   * @param progress listeners beside those that the specification asks for
   * @param interrupted called after SIGINT or SIGTERM, just before the process ends, with the
   *     outcome of the training
   */
  public final TrainingResult train(
      List<? extends TrainingListener> progress, Consumer<StopOutcome> interrupted) {
    return training.train(remembered(), progress, interrupted, this::completed);
  }

  /**
   * Starts from weights that were trained elsewhere, without training: measures them on the
   * validation data and writes them as the checkpoints of step 0, so that the run can be exported,
   * or trained with {@link TrainOptions#resume()}. Can be called once, in place of {@link #train}.
   *
   * @param weights every parameter of the model by full name, row-major
   * @return the evaluation on the validation data
   */
  public final Evaluation begin(Map<String, float[]> weights) {
    return training.begin(remembered(), weights);
  }

  /** The state that checkpoints hold beside that of the training. */
  protected JsonObject remembered() {
    return new JsonObject();
  }

  /** Called with the session that was trained, unless a signal has ended the training. */
  protected void completed(TrainingGraph<?> graph) {}

  /**
   * The outputs of the trained session for some test data, with its best parameters; empty before
   * the training has ended, and where a reopened session has to compute them.
   */
  public List<ReferenceCase> references() {
    return List.of();
  }

  /**
   * The trained run with its best parameters.
   *
   * @throws UserError if it ended before its first evaluation
   */
  public abstract FinishedRun finished();

  /** What {@link #tested} does if that takes long: a line for the user who waits. */
  public Optional<String> testing() {
    return Optional.empty();
  }

  /**
   * Opens the best model of the training and measures it on the test data.
   *
   * @param validation the criterion of the best evaluation, reported beside the test result
   * @throws UserError as {@link #finished}
   */
  public abstract TestedModel tested(double validation);

  /** Frees the run folder, if {@link #train} has not done so. */
  @Override
  public final void close() {
    training.close();
  }
}
