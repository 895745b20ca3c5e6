// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The folder of temporary files has no room. */
final class FullTemporaryFolder implements FaultKind {
  @Override
  public String name() {
    return "full-temporary-folder";
  }

  @Override
  public String right() {
    return "`verify`, `publish` and `export` end with 0, or with 2 and one line";
  }

  @Override
  public int attempts() {
    return 8;
  }

  @Override
  public @Nullable String obstacle() {
    return SmallDisk.obstacle();
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    boolean text = random.nextBoolean();
    Materials materials = attempt.materials();
    Path folder = attempt.folder();
    ChildCommand command =
        switch (random.nextInt(3)) {
          case 0 -> ChildCommand.cli("verify", materials.model(text));
          case 1 -> ChildCommand.cli("publish", materials.model(text), folder.resolve("served"));
          default ->
              ChildCommand.cli("export", materials.run(text), "--export-dir", folder.resolve("m"));
        };
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("tmp"), 16 + random.nextInt(64))) {
      if (random.nextBoolean()) {
        disk.fill();
      }
      command
          .option("-Djava.io.tmpdir=" + disk.folder())
          .variable("TMPDIR", disk.folder().toString())
          .run(folder.resolve("command"))
          .require(0, 2);
    }
    RunRecord.requireNoLeftovers(folder);
  }
}
