// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** How a process is ended from outside. */
enum Ending {
  KILL("KILL", 137),
  TERM("TERM", 143),
  INT("INT", 130);

  private final String signal;
  private final int exitCode;

  Ending(String signal, int exitCode) {
    this.signal = signal;
    this.exitCode = exitCode;
  }

  /** The exit code of a process that it ends. */
  int exitCode() {
    return exitCode;
  }

  /**
   * Sends the signal, sometimes twice in a row, and waits for the end.
   *
   * @return what the command did; a kill of ours shows as 137 in the process that was killed only
   * @throws Wrong if the process does not end, or with another exit code although it ran
   */
  CommandResult end(Child child, Random random) throws IOException, Wrong, InterruptedException {
    boolean ran = child.isAlive();
    child.signal(signal);
    if (this != KILL && random.nextInt(4) == 0) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
      child.signal(signal);
    }
    CommandResult result = child.await(Duration.ofSeconds(75)); // the product's patience is 60
    // 0: it had just finished
    if (ran && result.exitCode() != exitCode && result.exitCode() != 0) {
      throw result.wrong("ended with " + result.exitCode() + " after SIG" + signal);
    }
    return this == KILL ? result : result.requireContract();
  }

  static Ending any(Random random) {
    return values()[random.nextInt(values().length)];
  }
}
