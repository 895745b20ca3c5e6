// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in processes of their own, which are killed and asked to stop. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class StopAndResumeTest {
  private static final int STEPS = 200;

  @TempDir Path folder;

  private Process start(String run, int steps, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("org.hypernet4j.cli.Main", "train", Cli.SPEC, "--deterministic"));
    command.addAll(List.of("--no-export", "--run", folder.resolve(run).toString()));
    command.addAll(List.of("--set", "training.batchSize=10"));
    command.addAll(List.of("--set", "training.steps=" + steps, "--set", "training.logEvery=1"));
    command.addAll(List.of("--set", "training.evaluateEvery={\"steps\": 50}"));
    command.addAll(List.of("--set", "data.validation=100"));
    command.addAll(List.of("--set", "training.checkpoints.everySteps=7"));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve(run + ".out").toFile())
            .redirectError(folder.resolve(run + ".err").toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TF_ENABLE_ONEDNN_OPTS", "1");
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    return builder.start();
  }

  /** Waits until a file that the training writes fulfils a condition, or the process has ended. */
  private static void awaitLines(Process process, Path metrics, int count) throws IOException {
    while (process.isAlive() && (!Files.exists(metrics) || lineCount(metrics) < count)) {
      pause();
    }
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
  }

  private static long lineCount(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines.count();
    }
  }

  private static boolean hasCheckpoint(Path run) {
    String[] names = run.resolve("checkpoints").toFile().list();
    return names != null && List.of(names).stream().anyMatch(name -> name.matches("step-.*ckpt"));
  }

  private String err(String run) throws IOException {
    return Files.readString(folder.resolve(run + ".err"));
  }

  /** Loss and gradient norm as they are written, by step. */
  private Map<Long, String> losses(String run) throws IOException {
    Map<Long, String> losses = new LinkedHashMap<>();
    for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      if (json.get("kind").getAsString().equals("train")) {
        losses.put(json.get("step").getAsLong(), json.get("loss") + " " + json.get("gradientNorm"));
      }
    }
    return losses;
  }

  private void await(Process process, String run) throws Exception {
    assertThat(process.waitFor()).as(err(run)).isZero();
  }

  @Test
  void afterAKillTheLossesAreThoseOfARunThatWasNeverStopped() throws Exception {
    await(start("whole", STEPS), "whole");

    Process killed = start("killed", STEPS);
    Path metrics = folder.resolve("killed").resolve("metrics.jsonl");
    awaitLines(killed, metrics, 1);
    while (killed.isAlive() && !hasCheckpoint(folder.resolve("killed"))) {
      pause();
    }
    killed.destroyForcibly().waitFor();
    assertThat(losses("killed").size()).as("steps before the kill").isLessThan(STEPS);
    await(start("killed", STEPS, "--resume"), "killed");

    assertThat(err("killed")).doesNotContain("error:");
    assertThat(Files.readString(folder.resolve("killed.out"))).contains("going on after step");
    assertThat(losses("whole")).hasSize(STEPS);
    assertThat(losses("killed")).isEqualTo(losses("whole"));
  }

  @Test
  void sigtermWritesACheckpointAndSaysHowToGoOn() throws Exception {
    int endless = 1_000_000;
    Process process = start("stopped", endless);
    Path metrics = folder.resolve("stopped").resolve("metrics.jsonl");
    awaitLines(process, metrics, 3);
    process.destroy(); // SIGTERM

    assertThat(process.waitFor()).isEqualTo(143);
    List<String> said =
        err("stopped").lines().filter(line -> line.startsWith("stopped after step")).toList();
    assertThat(said).hasSize(1);
    String step = said.get(0).replaceAll("stopped after step (\\d+) of.*", "$1");
    assertThat(said.get(0))
        .contains("checkpoint of step " + step + " written", "--resume", "training.batchSize=10");
    assertThat(err("stopped")).doesNotContain("error:", "Exception");
    assertThat(new File(folder + "/stopped/checkpoints").list())
        .contains(String.format("step-%09d.ckpt", Long.parseLong(step)));
    // the checkpoint holds the state after the last step that was logged
    assertThat(losses("stopped")).containsKey(Long.parseLong(step));
    assertThat(losses("stopped")).doesNotContainKey(Long.parseLong(step) + 1);
    assertThat(Files.readString(folder.resolve("stopped.out"))).doesNotContain("test error");
  }
}
