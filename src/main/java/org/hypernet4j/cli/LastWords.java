// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import org.jspecify.annotations.Nullable;

/**
 * Reports in one line that a signal has ended the command, whatever it was doing.
 *
 * <p>SIGINT and SIGTERM make the JVM run its shutdown hooks while the command goes on beside them,
 * and often fails because of what they remove: that failure is not reported.
 */
final class LastWords implements AutoCloseable {
  private final Report report;
  private final Thread hook = new Thread(this::onShutdown, "last-words");
  private @Nullable String line;
  private boolean over;

  private LastWords(Report report, String line) {
    this.report = report;
    this.line = line;
  }

  /** Listens until it is closed. */
  static LastWords of(Report report, String line) {
    LastWords words = new LastWords(report, line);
    Runtime.getRuntime().addShutdownHook(words.hook);
    return words;
  }

  /**
   * Changes the line.
   *
   * @param newLine the line from now on; null while other code prints the line, after it has called
   *     {@link #claim}
   */
  synchronized void become(@Nullable String newLine) {
    line = newLine;
    notifyAll();
  }

  /** Whether the caller may print the last line: no line was printed, and none will be after it. */
  synchronized boolean claim() {
    boolean first = !over;
    over = true;
    notifyAll();
    return first;
  }

  /** As {@link #claim} for the command itself, which may not print when this object is about to. */
  synchronized boolean finish() {
    return !(line != null && shuttingDown()) && claim();
  }

  private synchronized void onShutdown() {
    while (line == null && !over) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    if (!over) {
      over = true;
      report.stopped(String.valueOf(line));
    }
  }

  private boolean shuttingDown() {
    Thread probe = new Thread(() -> {}, "probe");
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending, and the hook runs
    }
  }
}
