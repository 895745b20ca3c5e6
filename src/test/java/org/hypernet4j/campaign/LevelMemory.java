// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A training runs for a while, with evaluations and checkpoints, and its memory is watched. */
final class LevelMemory implements FaultKind {
  private static final int WARM_UP_SECONDS = 20;
  private static final int SECONDS = 40;
  private static final long MOST_GROWTH_KIB = 64 << 10;

  @Override
  public String name() {
    return "level-memory";
  }

  @Override
  public String right() {
    return "the process grows by less than 64 MiB in 40 s after 20 s, and SIGTERM then ends it with"
        + " 143";
  }

  @Override
  public @Nullable String obstacle() {
    return Files.exists(Path.of("/proc/self/status"))
        ? null
        : "the memory is read from Linux's /proc";
  }

  @Override
  public int attempts() {
    return 2;
  }

  @Override
  public long seed(long campaignSeed, int index) {
    return index; // 0 images, 1 text
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    boolean text = attempt.seed() % 2 == 1;
    Path run = attempt.folder().resolve("run");
    Child child =
        ChildCommand.cli(Commands.training(text, "--no-export", "--run", run).toArray())
            .with(
                "--set", "training.steps=10000000", "--set", "training.checkpoints.everySteps=200")
            .with("--set", "training.evaluateEvery={\"steps\":500}")
            .start(attempt.folder().resolve("train"));
    try {
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      final long before = resident(child);
      TimeUnit.SECONDS.sleep(SECONDS);
      long growth = resident(child) - before;
      child.signal("TERM");
      CommandResult result = child.await(Duration.ofSeconds(75)).require(143);
      if (growth > MOST_GROWTH_KIB) {
        throw result.wrong("grew from " + before + " by " + growth + " KiB");
      }
    } finally {
      child.end();
    }
    RunRecord.requireNoLeftovers(run);
  }

  private static long resident(Child child) throws IOException, Wrong {
    return Memory.residentKib(child.pid());
  }
}
