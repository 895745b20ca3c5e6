// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.Random;

/** The system allows no file above a size left to chance: writing fails in the middle of a file. */
final class FileSizeLimit implements FaultKind {
  private static final int MOST_BLOCKS = 200; // of 1 KiB, as bash counts them

  @Override
  public String name() {
    return "file-size-limit";
  }

  @Override
  public String right() {
    return "under `ulimit -f` a training with export ends with 0, or with 2 and one line, and"
        + " leaves nothing half-written";
  }

  @Override
  public int attempts() {
    return 8;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    int blocks = 1 + random.nextInt(MOST_BLOCKS);
    boolean text = random.nextBoolean();
    ChildCommand command =
        ChildCommand.cli(
            Commands.training(
                    text,
                    "--run",
                    attempt.folder().resolve("run"),
                    "--export-dir",
                    attempt.folder().resolve("models"))
                .toArray());
    command
        .option("-XX:-UsePerfData") // a file of the JVM's own
        .under("bash", "-c", "ulimit -f \"$0\" && exec \"$@\"", Integer.toString(blocks))
        .run(attempt.folder().resolve("train"))
        .require(0, 2);
    RunRecord.requireNoLeftovers(attempt.folder());
    RunRecord.read(attempt.folder().resolve("run"));
  }
}
