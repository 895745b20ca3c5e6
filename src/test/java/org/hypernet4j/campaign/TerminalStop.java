// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.hypernet4j.fixtures.PseudoTerminal;
import org.jspecify.annotations.Nullable;

/** Ctrl-C is pressed in a terminal, once or twice, at a moment left to chance. */
final class TerminalStop implements FaultKind {
  @Override
  public String name() {
    return "ctrl-c-in-terminal";
  }

  @Override
  public String right() {
    return "exit code 130 and one line with the step that is saved; `--resume` ends with the metrics"
        + " and parameters of an undisturbed run";
  }

  @Override
  public int attempts() {
    return 12;
  }

  @Override
  public @Nullable String obstacle() {
    return PseudoTerminal.unavailable();
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Random random = attempt.random();
    boolean text = random.nextBoolean();
    Path run = attempt.folder().resolve("run");
    int step = 1 + random.nextInt(Commands.STEPS - 5);
    PseudoTerminal terminal =
        new PseudoTerminal(attempt.folder())
            .limit(Duration.ofSeconds(80))
            .whenFile(run.resolve("metrics.jsonl").toString(), "\"train\",\"step\":" + step + "\\b")
            .after(Duration.ofMillis(random.nextInt(40)))
            .press(PseudoTerminal.CTRL_C);
    if (random.nextInt(3) == 0) {
      terminal =
          terminal
              .whenFile(run.resolve("metrics.jsonl").toString(), null)
              .after(Duration.ofMillis(random.nextInt(80)))
              .press(PseudoTerminal.CTRL_C);
    }
    List<Object> words = new ArrayList<>(Commands.training(text, "--no-export", "--run", run));
    PseudoTerminal.Outcome outcome = terminal.run(words.toArray());
    CommandResult result =
        new CommandResult(
            Commands.typed(List.of(Commands.words(words.toArray()))),
            outcome.exit() == null ? -1 : outcome.exit(),
            List.of(),
            outcome.lines());
    if (outcome.timedOut()) {
      throw result.wrong("did not end");
    } else if (outcome.done() == 0) {
      throw result.wrong("no key was pressed, which is a fault of the campaign");
    }
    // 0: the last step came before the key
    result.require(0, 130);
    if (result.exitCode() == 130) {
      requireSaved(result, run);
      words.add("--resume");
      ChildCommand.cli(words.toArray()).run(attempt.folder().resolve("resumed")).require(0);
    }
    RunRecord.read(run).requireEqual(RunRecord.read(attempt.materials().run(text)));
    RunRecord.requireNoLeftovers(run);
  }

  private static void requireSaved(CommandResult result, Path run) throws Wrong {
    List<String> said = result.err().stream().filter(l -> l.startsWith("stopped after")).toList();
    if (said.size() > 1) {
      throw result.wrong("said " + said.size() + " times where it stopped");
    } else if (said.size() == 1) {
      long step = Long.parseLong(said.get(0).replaceAll("stopped after step (\\d+) .*", "$1"));
      if (!Files.exists(run.resolve(String.format("checkpoints/step-%09d.ckpt", step)))) {
        throw result.wrong("no checkpoint of step " + step);
      }
    } else if (result.err().stream().noneMatch(l -> l.contains("go on with"))) {
      throw result.wrong("did not say where it stopped");
    }
  }
}
