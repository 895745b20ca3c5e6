// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that a {@link ChildCommand} has started. */
final class Child {
  private final String typed;
  private final Process process;
  private final Path out;
  private final Path err;
  private final Path crash;

  Child(String typed, Process process, Path out, Path err, Path crash) {
    this.typed = typed;
    this.process = process;
    this.out = out;
    this.err = err;
    this.crash = crash;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Sends a signal by its name without SIG; nothing if the process has ended. */
  void signal(String name) throws IOException, InterruptedException {
    if (process.isAlive()) {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  /**
   * Waits for the end.
   *
   * @throws Wrong if it does not come in time, the process being killed then, or if the JVM crashed
   */
  CommandResult await(Duration limit) throws IOException, Wrong, InterruptedException {
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        signal("QUIT"); // a thread dump on standard output, for whoever looks
        TimeUnit.SECONDS.sleep(1);
      }
      end();
      CommandResult result = new CommandResult(typed, process.exitValue(), lines(out), lines(err));
      if (!ended) {
        throw result.wrong("did not end within " + limit.toSeconds() + " s (" + out + ")");
      }
      if (Files.exists(crash)) {
        throw result.wrong("crashed (" + crash + ")");
      }
      return result;
    } finally {
      end();
    }
  }

  /** Kills it and what it has started. */
  void end() throws InterruptedException {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static List<String> lines(Path file) throws IOException {
    // native libraries write what they like: not all of it is UTF-8
    return new String(Files.readAllBytes(file), UTF_8).lines().toList();
  }
}
