package org.hypernet4j.train;

import com.google.gson.JsonObject;
import java.util.List;
import org.hypernet4j.data.Prefetcher;
import org.hypernet4j.optim.LearningRateSchedule;

/**
 * The training loop. Everything that is not a step or an evaluation is a {@link TrainingListener}.
 *
 * <pre>{@code
 * try (TrainingGraph<ImageBatch> graph = new TrainingGraph<>(task, seed, optimizer, options)) {
 *   TrainingResult result =
 *       new Trainer<>(graph, new Trainer.Settings(900, 90, schedule, 4)).fit(listeners);
 * }
 * }</pre>
 */
public final class Trainer<B> {
  private final TrainingGraph<B> graph;
  private final Settings settings;
  private final TrainingRun run;

  /**
   * How long and at which rate.
   *
   * @param totalSteps the step at which training ends
   * @param evaluateEvery steps between evaluations; the last step is always followed by one
   * @param schedule the learning rate at each step
   * @param prefetch batches made ahead of the step
   */
  public record Settings(
      long totalSteps, long evaluateEvery, LearningRateSchedule schedule, int prefetch) {
    /** Checks the sizes. */
    public Settings {
      if (totalSteps < 1 || evaluateEvery < 1 || prefetch < 1) {
        throw new IllegalArgumentException(
            "Settings must be positive: "
                + totalSteps
                + " steps, "
                + "evaluation every "
                + evaluateEvery
                + ", "
                + prefetch
                + " batches ahead");
      }
    }
  }

  /** A trainer that begins with step 0. */
  public Trainer(TrainingGraph<B> graph, Settings settings) {
    this(graph, settings, 0);
  }

  private Trainer(TrainingGraph<B> graph, Settings settings, long startStep) {
    this.graph = graph;
    this.settings = settings;
    this.run =
        new TrainingRun(
            graph.store(),
            graph.session(),
            startStep,
            settings.totalSteps(),
            graph.task().stepsPerEpoch());
  }

  /**
   * A trainer that goes on where a checkpoint was written; its parameters must be in the session
   * already.
   *
   * @param step steps done before the checkpoint
   * @param state what {@link TrainingRun#state()} gave then
   */
  public static <B> Trainer<B> resume(
      TrainingGraph<B> graph, Settings settings, long step, JsonObject state) {
    Trainer<B> trainer = new Trainer<>(graph, settings, step);
    trainer.run.restore(state);
    return trainer;
  }

  /** The state of the training, for listeners and signal handlers. */
  public TrainingRun run() {
    return run;
  }

  /** Trains until the last step, or until a listener asks to stop. */
  public TrainingResult fit(List<? extends TrainingListener> listeners) {
    long start = System.nanoTime();
    long firstStep = run.step();
    TrainingClock clock = new TrainingClock();
    try (Prefetcher<B> batches =
        new Prefetcher<>("batches", firstStep, settings.prefetch(), graph.task()::batch)) {
      listeners.forEach(l -> l.onStart(run));
      // A run that was killed between a checkpoint and the evaluation due at the same step owes it.
      evaluateIfDue(listeners);
      while (run.step() < settings.totalSteps() && run.stopReason() == null) {
        StepResult step = oneStep(batches);
        clock.add(step);
        run.advance();
        listeners.forEach(l -> l.onStep(run, step));
        evaluateIfDue(listeners);
      }
    } finally {
      listeners.forEach(l -> l.onEnd(run));
    }
    return new TrainingResult(
        run.step(),
        run.step() - firstStep,
        (System.nanoTime() - start) / 1e9,
        clock,
        run.best(),
        run.stopReason());
  }

  private void evaluateIfDue(List<? extends TrainingListener> listeners) {
    long step = run.step();
    boolean due = step % settings.evaluateEvery() == 0 || step == settings.totalSteps();
    if (due && step > run.evaluatedStep()) {
      Evaluation evaluation = graph.task().evaluate(graph.session(), step);
      run.record(evaluation);
      listeners.forEach(l -> l.onEvaluation(run, evaluation));
    }
  }

  private StepResult oneStep(Prefetcher<B> batches) {
    long start = System.nanoTime();
    return graph.step(batches.next(), run.step(), settings.schedule().at(run.step()), start);
  }
}
