// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.optim.LearningRateSchedule;
import org.jspecify.annotations.Nullable;

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
  private final TrainingState state;

  /**
   * Length, evaluations and learning rate of a training.
   *
   * @param totalSteps the step at which training ends
   * @param evaluateEvery steps between evaluations; the last step is always followed by one
   * @param schedule the learning rate at each step
   * @param prefetch number of batches produced ahead of the step
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

  /** A trainer that starts at step 0. */
  public Trainer(TrainingGraph<B> graph, Settings settings) {
    this(graph, settings, 0);
  }

  private Trainer(TrainingGraph<B> graph, Settings settings, long startStep) {
    this.graph = graph;
    this.settings = settings;
    this.state =
        new TrainingState(
            graph.store(),
            graph.session(),
            startStep,
            settings.totalSteps(),
            graph.task().stepsPerEpoch(),
            settings.evaluateEvery());
  }

  /**
   * A trainer that continues from a checkpoint; the checkpoint's parameters must be in the session
   * already.
   *
   * @param step steps done before the checkpoint
   * @param remembered the result of {@link TrainingState#toJson()} at that time
   */
  public static <B> Trainer<B> resume(
      TrainingGraph<B> graph, Settings settings, long step, JsonObject remembered) {
    Trainer<B> trainer = new Trainer<>(graph, settings, step);
    trainer.state.restore(remembered);
    return trainer;
  }

  /** The state of the training, for listeners and signal handlers. */
  public TrainingState state() {
    return state;
  }

  /**
   * Trains until the last step, or until a listener asks to stop.
   *
   * <p>At the end {@link TrainingListener#onEnd} of every listener is called, also after a failure.
   * The first exception is thrown; later ones are suppressed in it.
   *
   * @throws IllegalArgumentException if a listener is null, before anything is done
   */
  public TrainingResult fit(List<? extends TrainingListener> listeners) {
    if (listeners.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("A listener is null");
    }
    long start = System.nanoTime();
    long firstStep = state.step();
    TrainingClock clock = new TrainingClock();
    Throwable failure = null;
    try (Prefetcher<B> batches =
        new Prefetcher<>("batches", firstStep, ahead(), graph.task()::batch)) {
      listeners.forEach(l -> l.onStart(state));
      // If the process died after the checkpoint but before its evaluation, evaluate now.
      evaluateIfDue(listeners);
      while (state.step() < settings.totalSteps() && state.stopReason() == null) {
        long callStart = System.nanoTime();
        List<StepResult> steps =
            graph.train(
                take(batches, stepsOfCall(listeners)),
                state.step(),
                settings.schedule(),
                callStart);
        for (StepResult step : steps) {
          state.advance();
          listeners.forEach(l -> l.onStep(state, step));
        }
        clock.add(steps, System.nanoTime() - callStart);
        evaluateIfDue(listeners);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    end(listeners, failure);
    return new TrainingResult(
        state.step(),
        state.step() - firstStep,
        (System.nanoTime() - start) / 1e9,
        clock,
        state.best(),
        state.stopReason());
  }

  /** Batches to prefetch: the number set, but enough for the next call while this one computes. */
  private int ahead() {
    return Math.max(settings.prefetch(), 2 * graph.stepsPerCall());
  }

  /** Steps of the next call, which ends at the next step whose parameters a listener must see. */
  private int stepsOfCall(List<? extends TrainingListener> listeners) {
    long until = state.nextEvaluation();
    for (TrainingListener listener : listeners) {
      until = Math.min(until, listener.nextLook(state.step()));
    }
    return (int) Math.min(graph.stepsPerCall(), until - state.step());
  }

  private List<B> take(Prefetcher<B> batches, int count) {
    List<B> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(batches.next());
    }
    return taken;
  }

  /**
   * Evaluates parameters that did not come from this training, without a step. Listeners are called
   * as for any evaluation, so that a checkpoint is written.
   *
   * @throws UserError if the criterion is not finite; listeners are then not called
   */
  public Evaluation evaluateOnly(List<? extends TrainingListener> listeners) {
    Evaluation evaluation = graph.built().evaluate(graph.session(), state.step());
    if (!Double.isFinite(evaluation.value())) {
      throw UserError.in("evaluation")
          .what("the model produces no finite numbers with these weights")
          .expected("a finite " + evaluation.criterion())
          .received(evaluation.value())
          .next("look for very large weights")
          .build();
    }
    Throwable failure = null;
    try {
      listeners.forEach(l -> l.onStart(state));
      record(evaluation, listeners);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    end(listeners, failure);
    return evaluation;
  }

  private void evaluateIfDue(List<? extends TrainingListener> listeners) {
    if (state.evaluationDue()) {
      record(graph.built().evaluate(graph.session(), state.step()), listeners);
    }
  }

  private void record(Evaluation evaluation, List<? extends TrainingListener> listeners) {
    state.record(evaluation);
    listeners.forEach(l -> l.onEvaluation(state, evaluation));
  }

  private void end(List<? extends TrainingListener> listeners, @Nullable Throwable failure) {
    Throwable first = failure;
    for (TrainingListener listener : listeners) {
      if (first != null) {
        state.fail();
      }
      try {
        listener.onEnd(state);
      } catch (RuntimeException | Error e) {
        if (first == null) {
          first = e;
        } else if (first != e) {
          first.addSuppressed(e);
        }
      }
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    } else if (first instanceof Error error) {
      throw error;
    }
  }
}
