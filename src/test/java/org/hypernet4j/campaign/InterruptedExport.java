// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Exports and publications that a signal ends at a moment left to chance. */
record InterruptedExport(boolean publish) implements FaultKind {
  private static final int LONGEST_MILLIS = 5000;

  @Override
  public String name() {
    return publish ? "interrupted-publication" : "interrupted-export";
  }

  @Override
  public String right() {
    return "every numbered version is whole, a signal leaves nothing unfinished, and the next "
        + (publish ? "publication" : "export")
        + " succeeds and removes what a kill has left";
  }

  @Override
  public int attempts() {
    return 12;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    boolean text = random.nextBoolean();
    Materials materials = attempt.materials();
    // an export makes the folder of the name itself
    Path models = attempt.folder().resolve("models");
    Path versions = models.resolve(Materials.name(text));
    ChildCommand command =
        (publish
                ? ChildCommand.cli("publish", materials.model(text), versions)
                : ChildCommand.cli("export", materials.run(text), "--export-dir", models))
            .interruptible();
    Ending ending = Ending.any(random);
    Child child = command.start(attempt.folder().resolve("ended"));
    try {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_MILLIS));
      ending.end(child, random);
    } finally {
      child.end();
    }
    if (ending != Ending.KILL) {
      RunRecord.requireNoLeftovers(attempt.folder());
    }
    requireWhole(versions, materials.model(text));
    command.run(attempt.folder().resolve("again")).require(0);
    requireWhole(versions, materials.model(text));
    RunRecord.requireNoLeftovers(attempt.folder());
  }

  /** Every version holds the files of the model, with the same sizes where they say the same. */
  static void requireWhole(Path versions, Path model) throws IOException, Wrong {
    for (String name : RunRecord.names(versions)) {
      if (name.matches("\\d+")) {
        for (String file : List.of("saved_model.pb", "variables/variables.data-00000-of-00001")) {
          Path ours = versions.resolve(name).resolve(file);
          if (!Files.exists(ours) || Files.mismatch(ours, model.resolve(file)) >= 0) {
            throw new Wrong("version " + name + " has another " + file + " than the model");
          }
        }
        if (!Files.exists(versions.resolve(name).resolve("assets.extra/manifest.json"))) {
          throw new Wrong("version " + name + " has no manifest");
        }
      }
    }
  }
}
