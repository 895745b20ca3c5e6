// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a program of the system whose output is a few lines. */
final class Programs {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MOST_BYTES = 1 << 20;

  private Programs() {}

  /** The lines that it prints; empty if it is not installed, fails, or does not end. */
  static List<String> lines(String... command) {
    return lines(PATIENCE, Map.of(), command);
  }

  /**
   * As {@link #lines(String...)}, with additional environment variables.
   *
   * @param limit after this time the program and those that it started are ended
   */
  static List<String> lines(Duration limit, Map<String, String> environment, String... command) {
    Process process = null;
    try {
      long end = System.nanoTime() + limit.toNanos();
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      process = builder.start();
      process.getOutputStream().close();
      FutureTask<byte[]> output = readingOf(process);
      byte[] text = output.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      boolean ended = process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return ended && process.exitValue() == 0
          ? new String(text, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList()
          : List.of();
    } catch (IOException | ExecutionException | TimeoutException e) {
      return List.of(); // not installed, or it hangs
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      if (process != null) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  /**
   * Its output, read by another thread: a program whose output is not read may never end, and
   * reading cannot be given up. A thread that is left behind does not keep Java from ending.
   */
  private static FutureTask<byte[]> readingOf(Process process) {
    FutureTask<byte[]> output =
        new FutureTask<>(() -> process.getInputStream().readNBytes(MOST_BYTES));
    Thread reader = new Thread(output, "output of a program");
    reader.setDaemon(true);
    reader.start();
    return output;
  }
}
