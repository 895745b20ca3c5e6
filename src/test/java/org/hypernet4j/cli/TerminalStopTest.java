// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.PseudoTerminal.CTRL_C;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.fixtures.PseudoTerminal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a terminal, where progress is a bar that a library draws. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no pseudo-terminals")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TerminalStopTest {
  @TempDir Path folder;

  @BeforeAll
  static void requireTerminal() {
    String reason = PseudoTerminal.unavailable();
    assumeTrue(reason == null, reason);
  }

  private Object[] train(String... more) {
    return Stream.concat(
            Stream.of(
                "train",
                Cli.SPEC,
                "--run",
                folder.resolve("run").toString(),
                "--no-export",
                "--set",
                "training.batchSize=10",
                "--set",
                "training.steps=1000000",
                "--set",
                "training.logEvery=1",
                "--set",
                "training.evaluateEvery={\"steps\": 100000}",
                "--set",
                "data.validation=100"),
            Stream.of(more))
        .toArray();
  }

  /** The step of the newest checkpoint, which must be that of the line and of the last metrics. */
  private long stoppedInGoodOrder(PseudoTerminal.Outcome outcome) throws IOException {
    assertThat(outcome.exit()).as(outcome.shown()).isEqualTo(130);
    assertThat(outcome.caught()).as("SIGINT is caught").doesNotContain(false);
    long step =
        new CheckpointFolder(folder.resolve("run/checkpoints"), 3).latest().orElseThrow().step();
    List<String> said =
        outcome.lines().stream().filter(line -> line.startsWith("stopped")).toList();
    assertThat(said).as(outcome.shown()).hasSize(1);
    assertThat(said.get(0))
        .startsWith("stopped after step " + step + " of 1000000, checkpoint of step " + step)
        .contains("go on with: ./hypernet4j train");
    assertThat(outcome.shown()).doesNotContain("error:", "Exception");
    List<String> metrics = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
    assertThat(
            JsonParser.parseString(metrics.get(metrics.size() - 1))
                .getAsJsonObject()
                .get("step")
                .getAsLong())
        .isEqualTo(step);
    return step;
  }

  @Test
  void ctrlCWritesACheckpointWhileTheBarIsDrawnAndAgainAfterResuming() throws Exception {
    PseudoTerminal.Outcome fresh =
        new PseudoTerminal(folder)
            .whenShown("loss")
            .after(Duration.ofSeconds(3)) // the bar has asked for the width twice by then
            .press(CTRL_C)
            .run(train());
    long first = stoppedInGoodOrder(fresh);
    assertThat(fresh.shown()).contains("\r  0 % ");

    PseudoTerminal.Outcome resumed =
        new PseudoTerminal(folder)
            .whenShown("loss")
            .after(Duration.ofMillis(500))
            .press(CTRL_C + CTRL_C) // twice in a row
            .run(train("--resume"));
    assertThat(stoppedInGoodOrder(resumed)).isGreaterThan(first);
  }

  @Test
  void theBarFollowsTheWidthOfTheTerminal() throws Exception {
    PseudoTerminal.Outcome outcome =
        new PseudoTerminal(folder)
            .columns(120)
            .whenShown("loss")
            .resize(30)
            .whenShown("\r  0 % [^\rl]+\r") // neither loss nor time left
            .after(Duration.ofMillis(300))
            .press(CTRL_C)
            .run(train());
    stoppedInGoodOrder(outcome);
    List<String> bars =
        Arrays.stream(outcome.shown().split("\r"))
            .map(line -> line.replaceAll("\033\\[\\d*[mK]", "").replace("^C", ""))
            .filter(line -> line.startsWith("  0 % "))
            .toList();
    // one column less than the terminal has: all figures in 119, the bar alone in 29
    assertThat(bars).allMatch(bar -> bar.length() <= 119);
    assertThat(bars).anyMatch(bar -> bar.contains("/1000000") && bar.contains("loss"));
    assertThat(bars.get(bars.size() - 1)).hasSize(29).doesNotContain("/", "loss");
  }

  /** The fresh JVM that verifies gets the signal as well: no failure of it may be told. */
  @Test
  void ctrlCDuringTheVerificationOfAnExport() throws Exception {
    assertThat(PressCases.ofTraining(folder).complaints("verification")).isEmpty();
  }
}
