// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A second training is started in the folder of one that runs. */
final class TwoTrainings implements FaultKind {
  @Override
  public String name() {
    return "two-trainings-in-one-run";
  }

  @Override
  public String right() {
    return "the second ends with 2 and one line, the first with the metrics and parameters of an"
        + " undisturbed run";
  }

  @Override
  public int attempts() {
    return 6;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    boolean text = random.nextBoolean();
    Path run = attempt.folder().resolve("run");
    Child first =
        ChildCommand.cli(Commands.training(text, "--no-export", "--run", run).toArray())
            .start(attempt.folder().resolve("first"));
    Child second = null;
    try {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(1500));
      ChildCommand other =
          ChildCommand.cli(Commands.training(text, "--no-export", "--run", run).toArray());
      second =
          (random.nextBoolean() ? other.with("--resume") : other)
              .start(attempt.folder().resolve("second"));
      CommandResult late = second.await(ChildCommand.LIMIT);
      CommandResult early = first.await(Duration.ofMinutes(1));
      // by chance the second may have been the first, or come when the other had ended
      if (early.exitCode() != 0 && late.exitCode() != 0) {
        throw early.wrong("both failed, the other with: " + late.lastLine());
      }
      early.require(0, 2);
      late.require(0, 2);
    } finally {
      first.end();
      if (second != null) {
        second.end();
      }
    }
    RunRecord.read(run).requireEqual(RunRecord.read(attempt.materials().run(text)));
    RunRecord.requireNoLeftovers(run);
  }
}
