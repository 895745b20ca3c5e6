// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of columns of the terminal, which may change while a command runs.
 *
 * <p>The program {@code stty} is called from time to time. Libraries for terminals know the width
 * at every moment, but they handle the signals of the process for that: JLine returns SIGINT to the
 * system, which then ends a training at once, without its checkpoint.
 */
final class TerminalWidth {
  private static final int UNKNOWN = 80;
  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long PATIENCE_MILLIS = 500;
  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");

  private int columns = fromEnvironment();
  private long askedNanos = System.nanoTime() - VALID_NANOS;

  /** The number of columns, at least 1. */
  synchronized int columns() {
    if (System.nanoTime() - askedNanos >= VALID_NANOS) {
      columns = ask(columns);
      askedNanos = System.nanoTime();
    }
    return columns;
  }

  /** The width that the terminal reports, or {@code known} where none does. */
  private static int ask(int known) {
    Process stty = null;
    try {
      stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        return known;
      }
      return parse(
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII), known);
    } catch (IOException e) {
      return known; // no such program, or no terminal
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return known;
    } finally {
      if (stty != null) {
        stty.destroyForcibly();
      }
    }
  }

  /** The columns in {@code "24 80"}; a terminal that does not know its size reports 0. */
  static int parse(String size, int known) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || matcher.group(1).length() > 6) {
      return known;
    }
    int columns = Integer.parseInt(matcher.group(1));
    return columns > 0 ? columns : known;
  }

  private static int fromEnvironment() {
    String columns = System.getenv("COLUMNS");
    return columns == null ? UNKNOWN : parse("0 " + columns, UNKNOWN);
  }
}
