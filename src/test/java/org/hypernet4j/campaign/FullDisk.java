// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Commands write to a disk that runs full at a moment left to chance. */
final class FullDisk implements FaultKind {
  private static final int LEAST_KILOBYTES = 16;
  private static final int MOST_KILOBYTES = 500;

  @Override
  public String name() {
    return "full-disk";
  }

  @Override
  public String right() {
    return "`train`, `export`, `publish`, `import`, `visualise`, `curves` and `inspect` end with 0, or"
        + " with 2 and one line; what they leave is whole and no file stays open";
  }

  @Override
  public int attempts() {
    return 100;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public Duration limit() {
    return Duration.ofSeconds(90);
  }

  @Override
  public @Nullable String obstacle() {
    return SmallDisk.obstacle();
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    int kilobytes = LEAST_KILOBYTES + random.nextInt(MOST_KILOBYTES - LEAST_KILOBYTES);
    try (SmallDisk disk = SmallDisk.mount(attempt.folder().resolve("disk"), kilobytes)) {
      CommandResult result = run(attempt, disk.folder()).require(0, 2);
      try {
        requireWhole(disk.folder(), attempt.materials());
      } catch (Wrong e) {
        throw result.wrong(kilobytes + " kB: " + e.what());
      }
    }
  }

  private static CommandResult run(Attempt attempt, Path disk) throws IOException {
    Random random = attempt.random();
    Materials materials = attempt.materials();
    boolean text = random.nextBoolean();
    Path run = materials.run(text);
    return switch (random.nextInt(8)) {
      case 0, 1 ->
          CliCall.run(
              Commands.training(text, "--run", disk.resolve("run"), "--export-dir", disk)
                  .toArray());
      case 2 -> CliCall.run("export", run, "--export-dir", disk.resolve("models"));
      case 3 -> CliCall.run("publish", materials.model(text), disk.resolve("served"));
      case 4 -> importText(materials, disk);
      case 5 -> CliCall.run("visualise", materials.run(true), "--out", disk.resolve("pictures"));
      case 6 ->
          CliCall.run(
              "curves",
              run,
              "--metric",
              "loss",
              "--out",
              disk.resolve("c.png"),
              "--csv",
              disk.resolve("c.csv"));
      default -> CliCall.run("inspect", Commands.spec(text), "--graph", disk.resolve("g.pbtxt"));
    };
  }

  private static CommandResult importText(Materials materials, Path disk) {
    return CliCall.run(
        "import",
        materials.run(true).resolve("specification.json"),
        materials.weights(),
        "--run",
        disk.resolve("imported"));
  }

  /** Checkpoints and metrics can be read, versions are whole, nothing temporary is left. */
  private static void requireWhole(Path disk, Materials materials) throws IOException, Wrong {
    RunRecord.requireNoLeftovers(disk);
    for (String run : new String[] {"run", "imported"}) {
      if (Files.exists(disk.resolve(run))) {
        RunRecord.read(disk.resolve(run));
      }
    }
    for (boolean text : new boolean[] {false, true}) {
      InterruptedExport.requireWhole(
          disk.resolve("models").resolve(Materials.name(text)), materials.model(text));
    }
  }
}
