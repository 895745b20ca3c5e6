// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Counts the attempts of a kind and tells of each that is wrong as soon as it is. */
final class AttemptLog {
  /** A kind that is wrong so often is known to be: the rest would only take time. */
  static final int ENOUGH = 20;

  private final FaultKind kind;
  private final PrintStream out;
  private final List<Failure> failures = new ArrayList<>();
  private final long start = System.nanoTime();
  private int tried;

  AttemptLog(FaultKind kind, PrintStream out) {
    this.kind = kind;
    this.out = out;
  }

  void right() {
    tried++;
  }

  void wrong(long seed, Wrong wrong) {
    wrong(Failure.of(kind.name(), seed, wrong));
  }

  void wrong(Failure failure) {
    tried++;
    failures.add(failure);
    out.println(failure);
  }

  boolean isFull() {
    return failures.size() >= ENOUGH;
  }

  Tally tally() {
    return new Tally(kind, tried, failures, Duration.ofNanos(System.nanoTime() - start));
  }
}
