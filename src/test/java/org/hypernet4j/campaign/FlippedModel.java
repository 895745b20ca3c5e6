// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.verify.Verifier;
import org.jspecify.annotations.Nullable;

/** One bit of an exported model is flipped, and the model verified and used. */
final class FlippedModel implements FaultKind {
  @Override
  public String name() {
    return "flipped-model";
  }

  @Override
  public String right() {
    return "`verify` finds a fault; `generate`, `bench`, `import` and `publish` (one of them is tried)"
        + " refuse the model and name the file";
  }

  @Override
  public int attempts() {
    return 1000;
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    boolean text = random.nextBoolean();
    Path model = attempt.folder().resolve("model");
    Materials.copy(attempt.materials().model(text), model);
    List<Path> files;
    try (Stream<Path> all = Files.walk(model)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    int at = ByteDamage.flipBit(bytes, random);
    Files.write(file, bytes);
    String flip = "bit flipped in byte " + at + " of " + model.relativize(file) + ": ";
    try {
      if (Verifier.verify(model).verified()) {
        throw new Wrong(flip + "verified");
      }
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
    }
    CommandResult result = use(text, model, random);
    if (result != null) {
      result.requireContract();
      boolean named =
          result.err().stream().anyMatch(l -> l.contains(file.getFileName().toString()));
      if (result.exitCode() == 0 || !named) {
        throw result.wrong(flip + (named ? "used" : "the file is not named"));
      }
    }
  }

  private static @Nullable CommandResult use(boolean text, Path model, Random random) {
    Path beside = model.resolveSibling("made");
    int command = random.nextInt(8);
    if (command == 0) {
      return CliCall.run("publish", model, beside);
    } else if (!text) {
      return null; // the others want a language model
    }
    return switch (command) {
      case 1, 2, 3 -> CliCall.run("generate", model, "--length", 3);
      case 4, 5 -> CliCall.run("bench", model, "--predictions", 2);
      default -> CliCall.run("import", Commands.spec(true), model, "--run", beside, "--dry-run");
    };
  }
}
