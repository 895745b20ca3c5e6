// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks a program of the system a question that it answers in a few lines. */
final class Programs {
  private static final long PATIENCE_SECONDS = 20;

  private Programs() {}

  /** What it prints; empty if it is not installed, fails, or does not end. */
  static List<String> lines(String... command) {
    return lines(Map.of(), command);
  }

  /** The same with more in its environment. */
  static List<String> lines(Map<String, String> environment, String... command) {
    Process process = null;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      process = builder.start();
      process.getOutputStream().close();
      // read first: a program whose output nobody takes does not end
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
