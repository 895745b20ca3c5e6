// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.UserError;
import org.hypernet4j.image.ImageExperiment;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A training on a disk that runs full: a file system in memory of 200 KB, which root may mount. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs Linux's tmpfs")
@Timeout(120)
class FullDiskTest {
  private static final int PAGE = 4096;

  @TempDir Path folder;
  private Path disk;
  private boolean mounted;

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    boolean linux = Files.isExecutable(Path.of("/bin/mount"));
    mounted =
        linux && succeeds("/bin/mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk.toString());
    assumeThat(mounted).as("a tmpfs can be mounted, for which one must be root").isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(succeeds("/bin/umount", disk.toString())).isTrue();
    }
  }

  private static ExperimentSpec spec(int logEvery, int everySteps) {
    return SpecFiles.read(
        Path.of("graphs", "mnist-hyper.json"),
        List.of(
            "model.filters=2",
            "model.kernelSize=3",
            "training.steps=100000",
            "training.batchSize=4",
            "data.validation=100",
            "training.evaluateEvery={\"steps\":1000}",
            "training.checkpoints={\"keep\":1,\"everySteps\":" + everySteps + "}",
            "training.logEvery=" + logEvery));
  }

  private UserError trainUntilFull(ExperimentSpec spec, List<TrainingListener> more) {
    TrainOptions options =
        new TrainOptions(null, disk, disk.resolve("run"), false, new SessionOptions(1, true));
    List<UserError> errors = new ArrayList<>();
    try (ImageExperiment experiment = ImageExperiment.prepare(spec, options)) {
      assertThatThrownBy(() -> experiment.train(more, stopped -> {}))
          .isInstanceOfSatisfying(UserError.class, errors::add);
    }
    return errors.get(0);
  }

  private void assertReadable() throws IOException {
    Path run = disk.resolve("run");
    Checkpoint last = RunFolder.existing(run).checkpoints(1).latest().orElseThrow();
    assertThat(last.step()).isPositive();
    String text = Files.readString(run.resolve("metrics.jsonl"));
    assertThat(text).endsWith("}\n");
    assertThat(text.lines())
        .allSatisfy(line -> assertThat(JsonParser.parseString(line).isJsonObject()).isTrue());
  }

  @Test
  void whateverFailsFirstIsOneErrorAndTheRunStaysReadable() throws IOException {
    UserError error = trainUntilFull(spec(1, 5), List.of());
    assertThat(error).hasMessageContaining("No space left on device");
    assertThat(String.valueOf(error.getMessage()).lines()).hasSize(1);
    assertReadable();
  }

  @Test
  void aLineOfMetricsThatIsCutIsTakenBack() throws IOException {
    // All that is left of the disk is taken away when the next page of the metrics is near: a line
    // that begins on this page and would end on the next is cut.
    TrainingListener hog =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            if (step.step() > 30 && metricsBytes() % PAGE > PAGE - 400) {
              fill();
            }
          }
        };
    UserError error = trainUntilFull(spec(1, 30), List.of(hog));
    assertThat(error).hasMessageContaining("No space left on device");
    assertThat(error.where()).contains("metrics.jsonl");
    assertReadable();
  }

  private long metricsBytes() {
    return disk.resolve("run").resolve("metrics.jsonl").toFile().length();
  }

  private void fill() {
    byte[] page = new byte[PAGE];
    try (OutputStream out = Files.newOutputStream(disk.resolve("hog"))) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }
}
