// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Attempts whose outcome is known, with which the harness itself is tried: the seed says which of
 * the {@link Outcome outcomes} it is to be.
 */
record Rehearsed(boolean inWorker) implements FaultKind {
  /** What an attempt does. */
  enum Outcome {
    RIGHT,
    WRONG,
    THROWS,
    EXIT,
    HANG
  }

  static final List<FaultKind> ALL = List.of(new Rehearsed(false), new Rehearsed(true));

  @Override
  public String name() {
    return inWorker ? "rehearsed-in-worker" : "rehearsed";
  }

  @Override
  public String right() {
    return "what the seed says";
  }

  @Override
  public int attempts() {
    return 10;
  }

  @Override
  public Duration limit() {
    return Duration.ofSeconds(2);
  }

  @Override
  public boolean needsTrained() {
    return false;
  }

  @Override
  public long seed(long campaignSeed, int index) {
    return index;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Files.writeString(attempt.folder().resolve("trace"), "left behind");
    switch (Outcome.values()[(int) (attempt.seed() % Outcome.values().length)]) {
      case RIGHT -> {}
      case WRONG -> throw new Wrong("as rehearsed", "./hypernet4j rehearse", 3, "the last line");
      case THROWS -> throw new IllegalArgumentException("unexpected");
      case EXIT -> {
        if (inWorker) {
          Runtime.getRuntime().halt(134); // as after an abort in native code
        }
      }
      case HANG -> {
        if (inWorker) {
          TimeUnit.MINUTES.sleep(1);
        }
      }
    }
  }
}
