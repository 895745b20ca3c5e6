// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A command line that works, with one or two of its words replaced, left out, or given twice. */
final class MisusedCommand implements FaultKind {
  @Override
  public String name() {
    return "misused-command";
  }

  @Override
  public String right() {
    return "every command with wrong words, numbers, paths, devices, pipes and settings ends with 0,"
        + " 1 or 2 in time, and 2 with one line";
  }

  @Override
  public int attempts() {
    return 500;
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
    List<Object> words = command(attempt);
    for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
      change(words, attempt);
    }
    CliCall.run(words.toArray()).require(0, 1, 2);
    RunRecord.requireNoLeftovers(attempt.folder());
  }

  private static List<Object> command(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Materials materials = attempt.materials();
    boolean text = random.nextBoolean();
    Path made = attempt.folder().resolve("made");
    Path spec = Commands.spec(text);
    Path run = attempt.folder().resolve("run");
    Materials.copy(materials.run(text), run);
    return new ArrayList<>(
        switch (random.nextInt(11)) {
          case 0 ->
              Commands.training(text, "--run", made, "--export-dir", made + "-models", "--json");
          case 1 -> Commands.training(text, "--no-export", "--run", run, "--resume");
          case 2 -> List.of("inspect", spec, "--graph", made + ".pbtxt", "--graph-of", "inference");
          case 3 -> List.of("export", run, "--export-dir", made, "--form", "generated");
          case 4 -> List.of("verify", materials.model(text));
          case 5 -> List.of("publish", materials.model(text), made, "--keep", 2);
          case 6 ->
              List.of(
                  "import",
                  run.resolve("specification.json"),
                  materials.weights(),
                  "--run",
                  made,
                  "--mapping",
                  "supercell",
                  "--dry-run");
          case 7 ->
              List.of(
                  "generate",
                  text ? run : materials.model(true),
                  "--prompt",
                  "KING",
                  "--length",
                  20,
                  "--temperature",
                  0.5,
                  "--top-k",
                  3,
                  "--seed",
                  4);
          case 8 -> List.of("visualise", run, "--length", 30, "--out", made);
          case 9 ->
              List.of(
                  "curves",
                  run,
                  run,
                  "--metric",
                  "loss",
                  "--labels",
                  "a,b",
                  "--out",
                  made + ".png");
          default -> List.of("bench", spec, "--steps", 2, "--predictions", 2, "--json");
        });
  }

  private static void change(List<Object> words, Attempt attempt) throws Exception {
    Random random = attempt.random();
    int at = random.nextInt(words.size());
    switch (random.nextInt(6)) {
      case 0 -> {
        if (words.size() > 1) {
          words.remove(at);
        }
      }
      case 1 -> words.add(at, words.get(at));
      default -> {
        // not a command's own word: another command is none of the interesting mistakes
        int argument = words.size() > 1 ? 1 + random.nextInt(words.size() - 1) : 0;
        String hostile = hostile(words.get(argument).toString(), attempt);
        if (hostile != null) {
          words.set(argument, hostile);
        }
      }
    }
  }

  /** Something else in the place of a word, or null to leave it. */
  private static @Nullable String hostile(String word, Attempt attempt) throws Exception {
    Random random = attempt.random();
    if (word.matches("training\\.(steps|checkpoints|evaluateEvery)=.*")) {
      return null; // these keep the training short
    } else if (word.contains("=")) {
      return word.substring(0, word.indexOf('=') + 1) + any(VALUES, random);
    } else if (word.startsWith("--")) {
      return any(OPTIONS, random);
    } else if (word.contains("/")) {
      return path(attempt);
    }
    return any(VALUES, random);
  }

  private static final List<String> VALUES =
      List.of(
          "",
          " ",
          "-1",
          "0",
          "1",
          "1.5",
          "1e400",
          "-1e400",
          "NaN",
          "Infinity",
          "2147483648",
          "99999999999999999999",
          "-9223372036854775808",
          "0x10",
          "null",
          "true",
          "[]",
          "{}",
          "[[[[",
          "{\"steps\":",
          "\"",
          "\u0000",
          "\uD800",
          "zürich",
          "東京",
          "a=b",
          "=",
          "--",
          "-",
          "%s%n",
          "${x}",
          "{\"type\":\"lstm\"}",
          "{\"type\":\"none\"}",
          "'",
          "\n",
          "generated");

  private static final List<String> OPTIONS =
      List.of(
          "--",
          "-",
          "--run",
          "--runs",
          "--set",
          "--data",
          "--threads",
          "--json",
          "--devices",
          "--resume",
          "--keep",
          "--no-such",
          "--export-dir",
          "--form",
          "--out",
          "-x",
          "--help",
          "--deterministic",
          "--seed",
          "--mapping",
          "--dry-run");

  private static String any(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  private static String path(Attempt attempt) throws Exception {
    Random random = attempt.random();
    Path folder = attempt.folder();
    Path own = folder.resolve("own" + random.nextInt(1000));
    return switch (random.nextInt(12)) {
      case 0 -> "";
      case 1 -> "/dev/null";
      case 2 -> "/dev/zero";
      case 3 -> "/dev/full";
      case 4 -> "/proc/self/mem";
      case 5 -> Files.createDirectories(own).toString();
      case 6 -> Files.writeString(own, "some text").toString();
      case 7 -> {
        FileDamage.makePipe(own);
        yield own.toString();
      }
      case 8 -> folder.resolve("x".repeat(5000)).toString();
      case 9 -> own + "\u0000";
      case 10 -> Files.createSymbolicLink(own, own).toString(); // a link to itself
      default -> own + "/no/such/thing";
    };
  }
}
