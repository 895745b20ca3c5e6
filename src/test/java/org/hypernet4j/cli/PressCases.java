// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.hypernet4j.fixtures.PseudoTerminal.CTRL_C;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.fixtures.PseudoTerminal;

/**
 * Ctrl-C in a terminal at many moments of many commands. Each case says what is wrong with what
 * came of it: nothing may be.
 *
 * <pre>{@code
 * PressCases cases = PressCases.prepare(folder);
 * for (String name : cases.names()) {
 *   assertThat(cases.complaints(name)).as(name).isEmpty();
 * }
 * }</pre>
 */
public final class PressCases {
  private static final String TEXT = "graphs/shakespeare-hyperlstm.json";
  private static final int STEPS = 400;

  private final Path folder;
  private final Path model;
  private final Map<String, Case> cases = new LinkedHashMap<>();
  private int number;

  /**
   * A command and when keys are pressed.
   *
   * @param words of the command; OWN in them is the folder of the case
   * @param presses the presses, given the folder of the case
   * @param resumable whether the same words and {@code --resume} must end well afterwards
   */
  private record Case(List<String> words, Presses presses, boolean resumable) {}

  @FunctionalInterface
  private interface Presses {
    void on(PseudoTerminal terminal, Path own);
  }

  private PressCases(Path folder, Path model) {
    this.folder = folder;
    this.model = model;
    training();
  }

  /** The cases of {@code train} only, for which nothing is made first. */
  public static PressCases ofTraining(Path folder) {
    return new PressCases(folder, folder);
  }

  /** Makes what the commands need: a small language model, trained and exported. */
  public static PressCases prepare(Path folder) {
    Path models = folder.resolve("made/models");
    Cli made =
        Cli.run(
            Stream.of(
                    Stream.of("train", TEXT, "--run", folder.resolve("made/run")),
                    Stream.of("--export-dir", models, "--set", "training.steps=4"),
                    text().stream())
                .flatMap(words -> words)
                .toArray());
    if (made.exitCode() != 0) {
      throw new IllegalStateException(String.join("\n", made.err()));
    }
    PressCases cases = new PressCases(folder, models.resolve("shakespeare-hyperlstm/1"));
    cases.others();
    return cases;
  }

  /** The names of the cases. */
  public List<String> names() {
    return List.copyOf(cases.keySet());
  }

  private static List<String> text() {
    return settings(
        "model.cell={\"type\":\"lstm\",\"units\":8}",
        "data.sequenceLength=10",
        "training.batchSize=4",
        "training.evaluateBatchSize=500");
  }

  private static List<String> settings(String... settings) {
    return Arrays.stream(settings).flatMap(setting -> Stream.of("--set", setting)).toList();
  }

  private static List<String> join(List<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }

  private void training() {
    List<String> train =
        join(
            List.of("train", Cli.SPEC, "--run", "OWN/run", "--export-dir", "OWN/models"),
            settings(
                    "training.batchSize=10",
                    "training.steps=" + STEPS,
                    "training.logEvery=1",
                    "training.evaluateEvery={\"steps\": 100}",
                    "training.checkpoints.everySteps=20")
                .toArray(String[]::new));
    String metrics = "/run/metrics.jsonl";
    cases.put(
        "start-up",
        new Case(train, (t, own) -> t.whenShown("").after(millis(800)).press(CTRL_C), false));
    training(train, "first step", (t, own) -> t.whenFile(own + metrics, "\"step\":1,"));
    training(train, "mid-training", (t, own) -> t.whenFile(own + metrics, "\"step\":150,"));
    training(train, "evaluation", (t, own) -> t.whenFile(own + metrics, "\"step\":100,"));
    training(train, "last evaluation", (t, own) -> t.whenFile(own + metrics, "\"step\":400,"));
    training(train, "checkpoint", (t, own) -> t.whenFile(own + "/run/checkpoints/.*.tmp", null));
    training(train, "test", (t, own) -> t.whenShown("400/400"));
    training(train, "export", (t, own) -> t.whenFile(own + "/models/*/.export-*", null));
    training(
        train,
        "verification begins",
        (t, own) -> t.whenFile(own + "/tmp/hypernet4j-verify*/out", null));
    training(
        train,
        "verification",
        (t, own) -> t.whenFile(own + "/tmp/hypernet4j-verify*/out", null).after(millis(700)));
    cases.put(
        "twice",
        new Case(
            train,
            (t, own) -> t.whenFile(own + metrics, "\"step\":50,").press(CTRL_C + CTRL_C),
            true));
    cases.put(
        "twice, a moment between",
        new Case(
            train,
            (t, own) ->
                t.whenFile(own + metrics, "\"step\":50,")
                    .press(CTRL_C)
                    .whenShown("")
                    .after(millis(20))
                    .press(CTRL_C),
            true));
  }

  private interface MomentOf {
    PseudoTerminal.Moment of(PseudoTerminal terminal, Path own);
  }

  private void training(List<String> words, String name, MomentOf moment) {
    cases.put(name, new Case(words, (t, own) -> moment.of(t, own).press(CTRL_C), true));
  }

  private void others() {
    List<String> compare =
        join(
            List.of("compare", "graphs/generators-mnist.json", "--runs", "OWN/runs"),
            settings(
                    "training.batchSize=10",
                    "training.steps=60",
                    "training.logEvery=1",
                    "training.evaluateEvery={\"steps\": 30}")
                .toArray(String[]::new));
    compare = join(compare, "--only", "plain,coordinate");
    training(
        compare,
        "compare",
        (t, own) -> t.whenFile(own + "/runs/*/plain/metrics.jsonl", "\"step\":20,"));
    training(compare, "compare, between", (t, own) -> t.whenShown("plain: test error"));
    other("bench", List.of("bench", Cli.SPEC, "--steps", "100000"), t -> t.after(millis(3000)));
    other(
        "generate",
        List.of("generate", model.toString(), "--length", "1000000"),
        t -> t.after(millis(3000)));
    other("verify", List.of("verify", model.toString()), t -> t.after(millis(900)));
    other(
        "publish", List.of("publish", model.toString(), "OWN/served"), t -> t.after(millis(1000)));
    other(
        "publish, later",
        List.of("publish", model.toString(), "OWN/served"),
        t -> t.after(millis(1500)));
    for (int delay : List.of(1500, 2200, 2900)) {
      other(
          "import after " + delay,
          join(
              join(
                  List.of("import", TEXT, model.toString(), "--run", "OWN/imported"),
                  text().toArray(String[]::new))),
          t -> t.after(millis(delay)));
    }
  }

  private void other(String name, List<String> words, Consumer<PseudoTerminal.Moment> delay) {
    cases.put(
        name,
        new Case(
            words,
            (t, own) -> {
              PseudoTerminal.Moment moment = t.whenShown("");
              delay.accept(moment);
              moment.press(CTRL_C);
            },
            false));
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  /** Runs a case; what is wrong, a line each. */
  public List<String> complaints(String name) throws IOException, InterruptedException {
    Case now = Objects.requireNonNull(cases.get(name), name);
    Path own = Files.createDirectories(folder.resolve("case-" + ++number));
    Path temporary = Files.createDirectories(own.resolve("tmp"));
    Object[] words =
        now.words().stream().map(word -> word.replace("OWN", own.toString())).toArray();
    PseudoTerminal terminal = new PseudoTerminal(own).java("-Djava.io.tmpdir=" + temporary);
    now.presses().on(terminal, own);
    PseudoTerminal.Outcome outcome = terminal.run(words);
    List<String> complaints = new ArrayList<>(said(outcome));
    leftovers(own).forEach(path -> complaints.add("left behind: " + path));
    if (now.resumable()) {
      PseudoTerminal.Outcome resumed =
          new PseudoTerminal(own)
              .java("-Djava.io.tmpdir=" + temporary)
              .run(join(Arrays.stream(words).map(Object::toString).toList(), "--resume").toArray());
      if (!Objects.equals(resumed.exit(), 0)) {
        complaints.add("--resume ended with " + resumed.exit() + ": " + resumed.shown());
      }
    }
    if (!complaints.isEmpty()) {
      complaints.add(String.join("\n", outcome.lines()));
    }
    return complaints;
  }

  private static List<String> said(PseudoTerminal.Outcome outcome) {
    List<String> complaints = new ArrayList<>();
    if (outcome.done() == 0) {
      complaints.add("it ended before the key was pressed, with " + outcome.exit());
      return complaints;
    }
    if (!Objects.equals(outcome.exit(), 130)) {
      complaints.add("exit code " + outcome.exit() + ", signal " + outcome.signal());
    }
    if (outcome.caught().contains(false)) {
      complaints.add("SIGINT is not caught");
    }
    long lines =
        outcome.lines().stream().filter(l -> l.replace("^C", "").startsWith("stopped")).count();
    if (lines != 1) {
      complaints.add(lines + " lines that say so");
    }
    if (Stream.of("error:", "Exception", "A fatal error").anyMatch(outcome.shown()::contains)) {
      complaints.add("an error is told");
    }
    return complaints;
  }

  /** Whatever a reader must not find; what the JVM itself keeps is its own affair. */
  private static List<Path> leftovers(Path own) throws IOException {
    try (Stream<Path> all = Files.walk(own)) {
      return all.filter(
              path -> {
                String name = path.getFileName().toString();
                return name.endsWith(".tmp")
                    || name.startsWith(".export-")
                    || name.startsWith("hypernet4j-verify")
                    || name.equals("imported")
                    || path.startsWith(own.resolve("served/1"));
              })
          .toList();
    }
  }
}
