// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.Sha256;

/** A file of a finished run is damaged, and a command uses the run. */
final class DamagedRun implements FaultKind {
  private static final Map<String, String> SOUND = new ConcurrentHashMap<>();

  /** What uses a run. */
  private enum Use {
    RESUME,
    EXPORT,
    GENERATE,
    VISUALISE,
    CURVES
  }

  @Override
  public String name() {
    return "damaged-run";
  }

  @Override
  public String right() {
    return "refused in one line, or the metrics, model or text of the sound run; a pipe or a file of"
        + " 3 GiB is not waited for; nothing half-written";
  }

  @Override
  public int attempts() {
    return 200;
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
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Use use = Use.values()[random.nextInt(Use.values().length)];
    boolean text = use == Use.GENERATE || random.nextBoolean();
    Path sound = attempt.materials().run(text);
    if (SOUND.isEmpty()) {
      // TensorFlow's first session sizes the threads of a process, and they decide the last bits:
      // it must be one of a training, as in the process that trained the run
      soundProduct(Use.RESUME, text, attempt);
    }
    final String product = soundProduct(use, text, attempt);
    Path run = attempt.folder().resolve("run");
    Materials.copy(sound, run);
    Path file = anyFile(run, random);
    Path name = run.relativize(file);
    Path other = attempt.materials().otherRun().resolve(name.toString());
    String damage = FileDamage.any(random).apply(file, other, random);
    CommandResult result = run(use, text, run);
    try {
      result.require(0, 2);
      RunRecord.requireNoLeftovers(run);
      // pictures and metrics have no checksum; what a model is made of must not change unnoticed
      boolean warned = result.err().stream().anyMatch(line -> line.startsWith("warning:"));
      if (result.exitCode() == 0 && !warned && !name.startsWith("metrics.jsonl")) {
        String now = product(use, run);
        if (!now.equals(product)) {
          throw result.wrong("silently something else: " + now + ", sound " + product);
        }
      }
    } catch (Wrong e) {
      throw result.wrong(name + " " + damage + ": " + e.what());
    }
  }

  /** What a use makes of the sound run; made once in a process. */
  private static String soundProduct(Use use, boolean text, Attempt attempt)
      throws IOException, Wrong {
    String key = use + " " + text;
    String product = SOUND.get(key);
    if (product == null) {
      Path copy = attempt.folder().resolve("sound-" + use);
      Materials.copy(attempt.materials().run(text), copy);
      run(use, text, copy).require(0);
      product = product(use, copy);
      SOUND.put(key, product);
    }
    return product;
  }

  private static Path anyFile(Path run, Random random) throws IOException {
    try (Stream<Path> all = Files.walk(run)) {
      List<Path> files =
          all.filter(f -> Files.isRegularFile(f) && !f.toString().endsWith(".png"))
              .sorted()
              .toList();
      return files.get(random.nextInt(files.size()));
    }
  }

  private static CommandResult run(Use use, boolean text, Path run) {
    Path beside = run.resolveSibling(run.getFileName() + "-out");
    return switch (use) {
      case RESUME ->
          CliCall.run(Commands.training(text, "--no-export", "--resume", "--run", run).toArray());
      case EXPORT -> CliCall.run("export", run, "--export-dir", beside);
      case GENERATE -> told(beside, CliCall.run("generate", run, "--length", 30, "--prompt", "A"));
      case VISUALISE -> CliCall.run("visualise", run);
      case CURVES ->
          CliCall.run("curves", run, "--metric", "loss", "--out", Path.of(beside + ".png"));
    };
  }

  private static CommandResult told(Path file, CommandResult result) {
    AtomicFiles.writeString(file, String.join("\n", result.out()));
    return result;
  }

  /** What the command has made, as far as it must be the same again. */
  private static String product(Use use, Path run) throws IOException {
    Path beside = run.resolveSibling(run.getFileName() + "-out");
    return switch (use) {
      case RESUME -> Integer.toHexString(RunRecord.metrics(run).hashCode());
      case EXPORT -> variables(beside);
      case GENERATE -> Files.readString(beside);
      default -> "";
    };
  }

  private static String variables(Path models) throws IOException {
    try (Stream<Path> all = Files.walk(models)) {
      Path data =
          all.filter(f -> f.toString().contains("variables.data")).findFirst().orElseThrow();
      return Sha256.of(Files.readAllBytes(data));
    }
  }
}
