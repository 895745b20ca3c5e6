// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Trainings that a signal ends at a moment left to chance, once or twice, and that are resumed. */
record InterruptedTraining(boolean text, boolean kill) implements FaultKind {
  @Override
  public String name() {
    return (kill ? "killed" : "stopped") + "-training-of-" + (text ? "text" : "images");
  }

  @Override
  public String right() {
    return (kill
            ? "after SIGKILL"
            : "SIGTERM ends with 143, SIGINT with 130, each with one line and a checkpoint of the"
                + " last step;")
        + " `--resume` ends with the metrics and parameters of an undisturbed run, bit by bit";
  }

  @Override
  public int attempts() {
    return 10;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Path run = attempt.folder().resolve("run");
    int ends = 1 + random.nextInt(2);
    for (int i = 0; i < ends; i++) {
      Ending ending = kill ? Ending.KILL : random.nextBoolean() ? Ending.TERM : Ending.INT;
      Child child = command(run).start(attempt.folder().resolve("part" + i));
      try {
        int start = RunRecord.lineCount(run);
        await(child, run, random);
        int now = RunRecord.lineCount(run);
        CommandResult result = ending.end(child, random);
        if (result.exitCode() == 0) {
          break; // it was faster
        } else if (!kill) {
          requireLastWords(result, run, now > start && now < Commands.STEPS);
        }
      } finally {
        child.end();
      }
    }
    command(run).run(attempt.folder().resolve("last")).require(0);
    RunRecord.read(run).requireEqual(RunRecord.read(attempt.materials().run(text)));
    RunRecord.requireNoLeftovers(run);
  }

  private ChildCommand command(Path run) {
    ChildCommand command =
        ChildCommand.cli(Commands.training(text, "--no-export", "--run", run).toArray())
            .interruptible();
    return Files.exists(run.resolve("specification.json")) ? command.with("--resume") : command;
  }

  /** Waits for some line of the metrics, or only a while after the start. */
  private static void await(Child child, Path run, Random random)
      throws IOException, InterruptedException {
    if (random.nextInt(4) == 0) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(2500));
    } else {
      int lines = RunRecord.lineCount(run) + random.nextInt(Commands.STEPS);
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (child.isAlive() && RunRecord.lineCount(run) < lines && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** A training that was running says what it has saved, and has saved it. */
  private static void requireLastWords(CommandResult result, Path run, boolean running)
      throws IOException, Wrong {
    long said = result.err().stream().filter(l -> l.startsWith("stopped after step")).count();
    if (said > 1 || (running && said == 0)) {
      throw result.wrong("said " + said + " times where it stopped");
    }
    if (said == 1) {
      String line =
          result.err().stream().filter(l -> l.startsWith("stopped")).findFirst().orElse("");
      long step =
          Long.parseLong(line.replaceAll("stopped after step ([\\d,]+) .*", "$1").replace(",", ""));
      if (step > 0
          && !Files.exists(run.resolve(String.format("checkpoints/step-%09d.ckpt", step)))) {
        throw result.wrong("no checkpoint of step " + step);
      }
    }
    RunRecord.requireNoLeftovers(run);
  }
}
