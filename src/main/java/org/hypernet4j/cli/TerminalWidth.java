// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many columns the terminal has, which may change while a command runs.
 *
 * <p>The program {@code stty} is asked, from time to time. Libraries for terminals know the width
 * at every moment, but they take the signals of the process for that: JLine gives SIGINT back to
 * the system, which then ends a training at once, without its checkpoint.
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

  /** What the terminal says, or {@code known} where none says anything. */
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

  /** The columns in {@code "24 80"}; a terminal that does not know its size says 0. */
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
