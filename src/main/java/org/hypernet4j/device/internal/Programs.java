// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system whose output is a few lines. */
final class Programs {
  private static final long PATIENCE_SECONDS = 20;

  private Programs() {}

  /** The lines that it prints; empty if it is not installed, fails, or does not end. */
  static List<String> lines(String... command) {
    return lines(Map.of(), command);
  }

  /** As {@link #lines(String...)}, with additional environment variables. */
  static List<String> lines(Map<String, String> environment, String... command) {
    Process process = null;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      process = builder.start();
      process.getOutputStream().close();
      // read first: a program whose output is not read may never end
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0
          ? text.lines().filter(line -> !line.isBlank()).toList()
          : List.of();
    } catch (IOException e) {
      return List.of(); // not installed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }
}
