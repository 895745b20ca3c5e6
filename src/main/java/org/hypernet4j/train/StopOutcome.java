// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a training that a signal ended.
 *
 * @param ending how it ended
 * @param step steps done
 * @param totalSteps the step at which it would have ended without the signal
 * @param checkpointStep the step of the last checkpoint on the disk, or null if there is none
 * @param failure the exception's message if {@code ending} is {@link Ending#FAILED}, else null
 */
public record StopOutcome(
    Ending ending,
    long step,
    long totalSteps,
    @Nullable Long checkpointStep,
    @Nullable String failure) {
  /** The way in which a training ended. */
  public enum Ending {
    /** Normally, after a step. */
    STOPPED,
    /** Not at all: its step took longer than the process could wait. */
    TIMED_OUT,
    /** By an exception. */
    FAILED
  }

  /** Whether there is a checkpoint to continue from. */
  public boolean resumable() {
    return checkpointStep != null;
  }

  /** One human-readable line: the progress, and the checkpoint if there is one. */
  public String describe() {
    String after = "after step " + step + " of " + totalSteps;
    String last =
        checkpointStep == null
            ? "there is no checkpoint"
            : "the last good checkpoint is of step " + checkpointStep;
    return switch (ending) {
      case STOPPED ->
          checkpointStep != null && checkpointStep == step
              ? "stopped " + after + ", checkpoint of step " + step + " written"
              : step == 0
                  ? "stopped before the first step, there is nothing to resume"
                  : "stopped " + after + ", " + last;
      case TIMED_OUT ->
          "stopped " + after + " while a step or an evaluation did not end in time, " + last;
      case FAILED -> "the training failed " + after + " (" + failure + "), " + last;
    };
  }
}
