// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.SpecFiles;

/** A specification of {@code graphs/} is damaged, and read or used by a whole command. */
record DamagedSpecification(boolean command) implements FaultKind {
  @Override
  public String name() {
    return command ? "damaged-specification-used" : "damaged-specification";
  }

  @Override
  public String right() {
    return command
        ? "`inspect` and a training of one step end with 0 or 2"
        : "refused in one line, or read where the damage leaves a specification";
  }

  @Override
  public int attempts() {
    return command ? 150 : 2000;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public boolean needsTrained() {
    return false;
  }

  @Override
  public Duration limit() {
    return Duration.ofMinutes(1);
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    List<Path> all;
    try (Stream<Path> files = Files.list(Commands.graphs())) {
      all = files.filter(f -> !f.toString().endsWith("schema.json")).sorted().toList();
    }
    Path sound =
        command ? Commands.spec(random.nextBoolean()) : all.get(random.nextInt(all.size()));
    JsonDamage damage = JsonDamage.any(random);
    Path damaged = attempt.folder().resolve(sound.getFileName());
    Files.write(damaged, damage.apply(Files.readString(sound), random));
    if (command) {
      use(attempt, damaged, damage);
    } else {
      read(sound, damaged, damage);
    }
  }

  /** Comparisons name the schema that describes them. */
  private static boolean isComparison(Path file) {
    try {
      return Files.readString(file).contains("./comparison-schema.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(Path sound, Path damaged, JsonDamage damage) throws Wrong {
    try {
      if (isComparison(sound)) {
        SpecFiles.readComparison(damaged, List.of());
      } else {
        SpecFiles.read(damaged, List.of());
      }
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
      return;
    }
    if (damage.isHopeless()) {
      throw new Wrong(sound + " damaged by " + damage + " was read without a word");
    }
  }

  private static void use(Attempt attempt, Path damaged, JsonDamage damage) throws Wrong {
    CommandResult result = CliCall.run("inspect", damaged).require(0, 2);
    if (result.exitCode() == 0 && damage.isHopeless()) {
      throw result.wrong("damaged by " + damage + ", used without a word");
    }
    if (result.exitCode() == 0) {
      Path run = attempt.folder().resolve("run");
      CliCall.run(
              "train",
              damaged,
              "--no-export",
              "--run",
              run,
              "--threads",
              1,
              "--set",
              "training.steps=1",
              "--set",
              "training.evaluateEvery={\"steps\":1}")
          .require(0, 2);
    }
  }
}
