// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Network;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;

/**
 * Trains a model of your own on examples of your own, in a folder, and continues where the last
 * training in that folder stopped. It combines {@link SupervisedTask}, {@link TrainingGraph},
 * {@link Trainer} and {@link Checkpoints} with default settings; use these directly where more is
 * needed.
 *
 * <pre>{@code
 * Examples.Split data = Examples.readCsv(Path.of("waves.csv"), 1).split(0.8, 1L);
 * Learner.Settings settings = Learner.Settings.defaults().withLearningRate(0.01);
 * try (Learner learner =
 *     new Learner(MyModel::build, new MeanSquaredError()::call, data, settings, Path.of("runs/w"))) {
 *   learner.fit(400, new PlainProgress(System.out));
 *   NpyArray predictions = learner.predict(data.validation().inputs());
 * }
 * }</pre>
 *
 * <p>The folder holds {@code checkpoints/} and {@code metrics.jsonl}. Nothing locks it: see to it
 * that one learner of one process at a time trains into it.
 */
public final class Learner implements AutoCloseable {
  private static final int PREFETCHED_BATCHES = 4;
  private static final int LOG_EVERY = 10;

  private final Settings settings;
  private final Path folder;
  private final TrainingGraph<Examples> graph;
  private final Checkpoints<Examples> checkpoints;

  /**
   * Settings of a training.
   *
   * @param batchSize examples in a step
   * @param seed decides initial values and the order of the examples
   * @param schedule the learning rate at each step
   * @param optimizer creates the optimizer for the model's parameters
   * @param evaluateEvery steps between two evaluations on the validation examples, each of which is
   *     followed by a checkpoint
   * @param session threads, devices, and whether results are equal to the last bit
   * @param freeze names and scopes of parameters that training leaves alone, see {@link
   *     org.hypernet4j.graph.ParameterStore#freeze}
   */
  public record Settings(
      int batchSize,
      long seed,
      LearningRateSchedule schedule,
      TrainingGraph.OptimizerFactory optimizer,
      long evaluateEvery,
      SessionOptions session,
      List<String> freeze) {
    /** Copies the list. */
    public Settings {
      freeze = List.copyOf(freeze);
    }

    /** Settings that train every parameter. */
    public Settings(
        int batchSize,
        long seed,
        LearningRateSchedule schedule,
        TrainingGraph.OptimizerFactory optimizer,
        long evaluateEvery,
        SessionOptions session) {
      this(batchSize, seed, schedule, optimizer, evaluateEvery, session, List.of());
    }

    /** Batches of 32, Adam with a rate of 0.001, no clip, an evaluation every 100 steps, seed 1. */
    public static Settings defaults() {
      return new Settings(
          32,
          1,
          LearningRateSchedule.constant(0.001),
          (store, rate) -> new Adam(store, rate, GradientClip.none()),
          100,
          SessionOptions.defaults());
    }

    /** A copy with another batch size. */
    public Settings withBatchSize(int value) {
      return new Settings(value, seed, schedule, optimizer, evaluateEvery, session, freeze);
    }

    /** A copy with another seed. */
    public Settings withSeed(long value) {
      return new Settings(batchSize, value, schedule, optimizer, evaluateEvery, session, freeze);
    }

    /** A copy with another learning rate, constant over all steps. */
    public Settings withLearningRate(double value) {
      return withSchedule(LearningRateSchedule.constant(value));
    }

    /** A copy with another learning rate schedule. */
    public Settings withSchedule(LearningRateSchedule value) {
      return new Settings(batchSize, seed, value, optimizer, evaluateEvery, session, freeze);
    }

    /** A copy with another optimizer. */
    public Settings withOptimizer(TrainingGraph.OptimizerFactory value) {
      return new Settings(batchSize, seed, schedule, value, evaluateEvery, session, freeze);
    }

    /** A copy with another interval between evaluations. */
    public Settings withEvaluateEvery(long value) {
      return new Settings(batchSize, seed, schedule, optimizer, value, session, freeze);
    }

    /** A copy with other session options. */
    public Settings withSession(SessionOptions value) {
      return new Settings(batchSize, seed, schedule, optimizer, evaluateEvery, value, freeze);
    }

    /** A copy that leaves other parameters alone, by full name or scope. */
    public Settings withFreeze(List<String> value) {
      return new Settings(batchSize, seed, schedule, optimizer, evaluateEvery, session, value);
    }
  }

  /**
   * Builds the graph and loads the values of the folder's newest checkpoint, if it has one.
   *
   * @param model builds the model, its parameters first
   * @param data examples for training and for validation
   * @param folder created by the first checkpoint
   * @throws org.hypernet4j.error.UserError if examples, model or settings do not fit, or the
   *     folder's checkpoints belong to another training
   */
  public Learner(
      Network.Builder model,
      SupervisedTask.Loss loss,
      Examples.Split data,
      Settings settings,
      Path folder) {
    this.settings = settings;
    this.folder = folder;
    SupervisedTask task =
        new SupervisedTask(
            model, loss, data.train(), data.validation(), settings.batchSize(), settings.seed());
    settings.session().requireDivides(settings.batchSize());
    graph =
        new TrainingGraph<>(
            task,
            settings.seed(),
            settings.optimizer(),
            settings.session(),
            StepOptions.single(),
            settings.freeze());
    checkpoints = new Checkpoints<>(folder.resolve("checkpoints"), graph);
    boolean complete = false;
    try {
      checkpoints.restoreNewest();
      complete = true;
    } finally {
      if (!complete) {
        graph.close();
      }
    }
  }

  /**
   * Trains from the folder's newest checkpoint, or from the beginning. Metrics go to {@code
   * metrics.jsonl}; a loss that is NaN or infinite ends the training with an error.
   *
   * @param steps the step at which the training ends, counting those of earlier trainings in the
   *     folder
   * @param listeners additional listeners, for example {@link PlainProgress} or {@link
   *     EarlyStopping}
   */
  public TrainingResult fit(long steps, TrainingListener... listeners) {
    List<TrainingListener> all = new ArrayList<>();
    all.add(new DivergenceGuard(() -> "in " + folder.resolve("checkpoints")));
    all.add(new MetricsFile(folder.resolve("metrics.jsonl"), LOG_EVERY));
    all.addAll(Arrays.asList(listeners));
    all.add(checkpoints);
    return checkpoints
        .trainer(
            new Trainer.Settings(
                steps, settings.evaluateEvery(), settings.schedule(), PREFETCHED_BATCHES))
        .fit(all);
  }

  /**
   * Loads the parameters of the best evaluation for {@link #predict} and {@link #values}. The next
   * {@link #fit} still continues from the newest checkpoint.
   *
   * @return the step of that evaluation
   */
  public long useBest() {
    return checkpoints.restoreBest();
  }

  /**
   * The model's predictions.
   *
   * @param inputs {@code [examples, ...]}
   * @return {@code [examples, ...]}
   */
  public NpyArray predict(NpyArray inputs) {
    return SupervisedTask.predict(graph, inputs);
  }

  /** The values of the model's parameters by name, row-major, as they are exported. */
  public Map<String, float[]> values() {
    return ParameterValues.read(graph.session(), graph.store().model());
  }

  /** The graph and its session, for anything that this class does not offer. */
  public TrainingGraph<Examples> graph() {
    return graph;
  }

  @Override
  public void close() {
    graph.close();
  }
}
