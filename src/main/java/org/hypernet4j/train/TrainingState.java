// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;

/** The state of a training as listeners see it: progress, best evaluation, request to stop. */
public final class TrainingState {
  private final ParameterStore store;
  private final Session session;
  private final long totalSteps;
  private final long stepsPerEpoch;
  private final long evaluateEvery;
  // written by the training thread, read by a signal's hook
  private volatile long step;
  private volatile long checkpointStep = -1;
  private @Nullable Evaluation best;
  private int evaluationsSinceBest;
  private long evaluatedStep;
  private volatile @Nullable String stopReason;
  private boolean failed;

  TrainingState(
      ParameterStore store,
      Session session,
      long startStep,
      long totalSteps,
      long stepsPerEpoch,
      long evaluateEvery) {
    this.store = store;
    this.session = session;
    this.step = startStep;
    this.totalSteps = totalSteps;
    this.stepsPerEpoch = stepsPerEpoch;
    this.evaluateEvery = evaluateEvery;
  }

  /** The parameters, optimizer slots included. */
  public ParameterStore store() {
    return store;
  }

  /** The session that holds their values. */
  public Session session() {
    return session;
  }

  /** Steps done. */
  public long step() {
    return step;
  }

  /** The step at which training ends. */
  public long totalSteps() {
    return totalSteps;
  }

  /** Steps in one pass over the data. */
  public long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** The best evaluation so far, or null before the first. */
  public @Nullable Evaluation best() {
    return best;
  }

  /** Whether the last evaluation was the best. */
  public boolean isBest() {
    return best != null && evaluationsSinceBest == 0;
  }

  /** The step of the last evaluation, 0 before the first. */
  public long evaluatedStep() {
    return evaluatedStep;
  }

  /** Evaluations after the best one. */
  public int evaluationsSinceBest() {
    return evaluationsSinceBest;
  }

  /** Whether the parameters of this step must be evaluated and have not been yet. */
  public boolean evaluationDue() {
    return (step % evaluateEvery == 0 || step == totalSteps) && step > evaluatedStep;
  }

  /** The step of the last checkpoint that is on the disk, empty when there is none. */
  public OptionalLong checkpointStep() {
    return checkpointStep < 0 ? OptionalLong.empty() : OptionalLong.of(checkpointStep);
  }

  /** Records that the checkpoint of a step is on the disk. */
  void checkpointWritten(long written) {
    checkpointStep = written;
  }

  /** Whether an exception has ended the training: its parameters are then not to be trusted. */
  public boolean failed() {
    return failed;
  }

  void fail() {
    failed = true;
  }

  /**
   * Asks the loop to end after the current call of TensorFlow; may be called from any thread. The
   * first reason stays, but {@link StopSignal#REASON} replaces any: the process is about to end.
   *
   * @param reason human-readable, for example "no better for 10 evaluations"
   */
  public synchronized void requestStop(String reason) {
    if (stopReason == null || reason.equals(StopSignal.REASON)) {
      stopReason = reason;
    }
  }

  /** The reason why the training was asked to stop, or null. */
  public @Nullable String stopReason() {
    return stopReason;
  }

  /** The next step after this one that is followed by an evaluation, or the last. */
  long nextEvaluation() {
    return Math.min(totalSteps, (step / evaluateEvery + 1) * evaluateEvery);
  }

  /** Advances to the next step. */
  void advance() {
    long next = step + 1; // one thread writes, so that this need not be atomic
    step = next;
  }

  /** Records an evaluation; one whose criterion is NaN or infinite is never the best. */
  void record(Evaluation evaluation) {
    evaluatedStep = evaluation.step();
    Evaluation previous = best;
    if (Double.isFinite(evaluation.value())
        && (previous == null || evaluation.value() < previous.value())) {
      best = evaluation;
      evaluationsSinceBest = 0;
    } else {
      evaluationsSinceBest++;
    }
  }

  /** The content of this object, other than the step, for a checkpoint. */
  public JsonObject toJson() {
    JsonObject state = new JsonObject();
    state.addProperty("evaluatedStep", evaluatedStep);
    state.addProperty("evaluationsSinceBest", evaluationsSinceBest);
    if (best != null) {
      JsonObject json = new JsonObject();
      json.addProperty("step", best.step());
      json.addProperty("criterion", best.criterion());
      JsonObject metrics = new JsonObject();
      best.metrics().forEach(metrics::addProperty);
      json.add("metrics", metrics);
      state.add("best", json);
    }
    return state;
  }

  /**
   * Restores the content that {@link #toJson()} wrote into the checkpoint of the current step.
   *
   * @throws UserError if it is anything else
   */
  void restore(JsonObject state) {
    checkpointStep = step;
    evaluatedStep = whole(step, state, "evaluatedStep");
    evaluationsSinceBest =
        (int) Math.min(Integer.MAX_VALUE, whole(step, state, "evaluationsSinceBest"));
    best = best(step, state);
  }

  /**
   * The best evaluation that {@link #toJson()} wrote into a checkpoint, or null if there was none.
   *
   * @param step of the checkpoint, for errors
   * @throws UserError if it is anything else
   */
  public static @Nullable Evaluation best(long step, JsonObject state) {
    JsonElement json = state.get("best");
    if (json == null) {
      return null;
    }
    if (!(json instanceof JsonObject object)
        || !(object.get("metrics") instanceof JsonObject values)
        || !(object.get("criterion") instanceof JsonPrimitive criterion)
        || !values.has(criterion.getAsString())) {
      throw broken(step, "best", json);
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> metric : values.entrySet()) {
      metrics.put(metric.getKey(), number(step, metric.getKey(), metric.getValue()));
    }
    return new Evaluation(whole(step, object, "step"), metrics, criterion.getAsString());
  }

  private static long whole(long step, JsonObject state, String key) {
    JsonElement value = state.get(key);
    double number = number(step, key, value);
    if (number < 0 || number != Math.rint(number)) {
      throw broken(step, key, value);
    }
    return (long) number;
  }

  /** Reads a number; JSON holds NaN and the infinities as texts. */
  private static double number(long step, String key, @Nullable JsonElement value) {
    try {
      if (value instanceof JsonPrimitive primitive && !primitive.isBoolean()) {
        return primitive.getAsDouble();
      }
    } catch (NumberFormatException e) {
      throw broken(step, key, value);
    }
    throw broken(step, key, value);
  }

  private static UserError broken(long step, String key, @Nullable JsonElement received) {
    return UserError.in("checkpoint of step " + step + ", state of the training")
        .what("'" + key + "' is not what was written there")
        .received(received == null ? "nothing" : received)
        .next("go on from another checkpoint with " + Setting.of("from", "FILE"))
        .build();
  }
}
