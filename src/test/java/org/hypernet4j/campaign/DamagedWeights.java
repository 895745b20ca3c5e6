// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Weights from elsewhere, an archive, a checkpoint or a model, are damaged and imported. */
final class DamagedWeights implements FaultKind {
  @Override
  public String name() {
    return "damaged-weights";
  }

  @Override
  public String right() {
    return "`import` ends with 0, or with 2 and one line";
  }

  @Override
  public int attempts() {
    return 300;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Materials materials = attempt.materials();
    Path copy = attempt.folder().resolve("weights");
    Path given =
        switch (random.nextInt(3)) {
          case 0 -> {
            Files.copy(materials.weights(), attempt.folder().resolve("weights.npz"));
            yield attempt.folder().resolve("weights.npz");
          }
          case 1 -> {
            Materials.copy(materials.model(true).resolve("variables"), copy);
            yield copy.resolve("variables");
          }
          default -> {
            Materials.copy(materials.model(true), copy);
            yield copy;
          }
        };
    List<Path> files;
    try (Stream<Path> all = Files.walk(Files.exists(copy) ? copy : given)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    String damage = FileDamage.any(random).apply(file, file.resolveSibling("none"), random);
    CommandResult result =
        CliCall.run(
            "import",
            materials.run(true).resolve("specification.json"),
            given,
            "--run",
            attempt.folder().resolve("run"),
            random.nextBoolean() ? "--dry-run" : "--json");
    try {
      result.require(0, 2);
      RunRecord.requireNoLeftovers(attempt.folder());
    } catch (Wrong e) {
      throw result.wrong(file.getFileName() + " " + damage + ": " + e.what());
    }
  }
}
