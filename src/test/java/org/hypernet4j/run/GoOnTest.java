// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.device.internal.Xla;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.XlaSpec;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that go on beyond their end, or from an earlier checkpoint. */
class GoOnTest {
  private static final String COSINE =
      "training.optimizer={\"type\":\"adam\",\"learningRate\":{\"type\":\"cosine\",\"peak\":0.01,"
          + "\"warmupSteps\":4,\"totalSteps\":30,\"floor\":0.001}}";

  @TempDir Path folder;

  @BeforeEach
  void writeText() throws IOException {
    Files.writeString(folder.resolve("text.txt"), TinyText.TRAIN.repeat(8));
  }

  private static ExperimentSpec spec(String kind, int steps, String... more) {
    List<String> settings = new ArrayList<>();
    settings.add("training.steps=" + steps);
    settings.add("training.logEvery=1");
    settings.add("training.evaluateEvery={\"steps\":10}");
    settings.add("training.checkpoints.everySteps=4");
    settings.add(COSINE);
    if (kind.equals("image")) {
      settings.add("training.batchSize=10");
      settings.add("data.validation=100");
    }
    settings.addAll(List.of(more));
    return kind.equals("image")
        ? SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), settings)
        : TinyText.spec(TinyText.LSTM, settings.toArray(new String[0]));
  }

  private Experiment prepare(ExperimentSpec spec, String run, boolean resume, String from) {
    boolean image = spec.name().startsWith("mnist");
    return ModelFamilies.prepare(
        spec,
        new TrainOptions(
            image ? null : folder.resolve("text.txt"),
            folder,
            folder.resolve(run),
            resume,
            new SessionOptions(1, true),
            null,
            from.isEmpty() ? null : Path.of(from)));
  }

  private void train(ExperimentSpec spec, String run, boolean resume, String from) {
    try (Experiment experiment = prepare(spec, run, resume, from)) {
      experiment.train(List.of(), stopped -> {});
    }
  }

  private Checkpoint newest(String run) {
    return new RunFolder(folder.resolve(run)).checkpoints(1).latest().orElseThrow();
  }

  /** Parameters, slots, states, and what the training remembers, but for the name of the run. */
  private void assertEqual(String run, String expected) throws IOException {
    Checkpoint a = newest(run);
    Checkpoint b = newest(expected);
    assertThat(a.step()).isEqualTo(b.step());
    assertThat(a.values().keySet()).isEqualTo(b.values().keySet());
    for (String name : a.values().keySet()) {
      assertThat(Objects.requireNonNull(a.values().get(name)).floats())
          .as(name)
          .isEqualTo(Objects.requireNonNull(b.values().get(name)).floats());
    }
    assertThat(a.specification()).isEqualTo(b.specification());
    assertThat(a.state().get("best")).isEqualTo(b.state().get("best"));
    assertThat(Runs.losses(folder.resolve(run))).isEqualTo(Runs.losses(folder.resolve(expected)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"image", "text"})
  void aFinishedRunEndsAsOneThatHadTheLengthFromTheBeginning(String kind) throws IOException {
    train(spec(kind, 40), "whole", false, "");
    train(spec(kind, 20), "parts", false, "");

    try (Experiment more = prepare(spec(kind, 40), "parts", true, "")) {
      assertThat(more.startStep()).isEqualTo(20);
      // 0.001 + 0.0045 (1 + cos(pi (20 - 4) / 26)) = 0.003904; from step 30 on the floor
      assertThat(more.continuation())
          .isEqualTo(
              "going on from step 20 to 40 in place of 20; optimizer and schedule continue at step"
                  + " 20, learning rate 0.003904 there and 0.001000 in the last step");
      more.train(List.of(), stopped -> {});
    }

    assertEqual("parts", "whole");
    RunFolder run = RunFolder.existing(folder.resolve("parts"));
    assertThat(run.specification().training().steps()).isEqualTo(40);
    FinishedRun finished = ModelFamilies.open(run.path());
    assertThat(
            Objects.requireNonNull(finished.provenance().specification())
                .getAsJsonObject("training")
                .get("steps")
                .getAsInt())
        .isEqualTo(40);
  }

  @Test
  void aRunThatWasKilledMayGoOnToAnotherEnd() throws IOException {
    train(spec("text", 40), "whole", false, "");
    Runs.trainUntilKilled(prepare(spec("text", 30), "parts", false, ""), 15);
    train(spec("text", 40), "parts", true, "");
    assertEqual("parts", "whole");
  }

  @Test
  void bestOfBeforeTheChangeIsStillTheRunsOwn() {
    train(spec("text", 10), "run", false, "");
    Runs.trainUntilKilled(prepare(spec("text", 40), "run", true, ""), 12);
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep()).isEqualTo(10);
  }

  @Test
  void fewerStepsThanWereDoneAreRefusedAndNothingElseMayChange() throws IOException {
    train(spec("text", 20), "run", false, "");
    Path file = folder.resolve("run/specification.json");
    String before = Files.readString(file);
    assertThatThrownBy(() -> prepare(spec("text", 19), "run", true, ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected at least 20 steps, received 19")
        .hasMessageContaining("training.steps");
    assertThatThrownBy(() -> prepare(spec("text", 40, "training.l2=0.1"), "run", true, ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected training.l2 = 0.0, received 0.1");
    assertThat(Files.readString(file)).isEqualTo(before);
    try (Experiment same = prepare(spec("text", 20), "run", true, "")) {
      assertThat(same.continuation()).isNull();
    }
  }

  /** Steps 8, 10, 12, 16, 20 have checkpoints, of which the newest three are kept. */
  @Test
  void goingBackToAnEarlierStepRepeatsWhatFollowed() throws IOException {
    train(spec("text", 20), "whole", false, "");
    train(spec("text", 20), "run", false, "");
    Path earlier = folder.resolve("run/checkpoints/step-000000016.ckpt");
    Files.delete(folder.resolve("run/checkpoints/step-000000012.ckpt"));

    try (Experiment back = prepare(spec("text", 20), "run", false, earlier.toString())) {
      assertThat(back.startStep()).isEqualTo(16);
      // whatever happens now, a plain --resume goes on from there as well
      assertThat(newest("run").step()).isEqualTo(16);
      assertThat(folder.resolve("run/checkpoints/set-aside/step-000000020.ckpt")).isRegularFile();
      back.train(List.of(), stopped -> {});
    }

    assertThat(Runs.losses(folder.resolve("run"))).isEqualTo(Runs.losses(folder.resolve("whole")));
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep())
        .isEqualTo(ModelFamilies.open(folder.resolve("whole")).bestStep());
  }

  @Test
  void goesOnFromTheBestWhereAllOthersAreDamaged() throws IOException {
    // a learning rate that ruins what the first 10 steps have learnt: the best is of step 10
    String[] worse = {
      "training.optimizer={\"type\":\"adam\",\"learningRate\":{\"type\":\"piecewise\","
          + "\"boundaries\":[10],\"values\":[0.02,3]}}"
    };
    train(spec("text", 20, worse), "run", false, "");
    Path checkpoints = folder.resolve("run/checkpoints");
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep()).isEqualTo(10);
    try (Stream<Path> files = Files.list(checkpoints)) {
      for (Path file : files.filter(f -> !f.endsWith("best.ckpt")).toList()) {
        Files.write(file, new byte[100]);
      }
    }
    assertThatThrownBy(() -> prepare(spec("text", 20, worse), "run", true, ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("from=" + checkpoints.resolve("best.ckpt"));

    try (Experiment back = prepare(spec("text", 20, worse), "run", true, "checkpoints/best.ckpt")) {
      assertThat(back.startStep()).isEqualTo(10);
    }
    assertThat(newest("run").step()).isEqualTo(10);
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep()).isEqualTo(10);
  }

  /** What is the best so far is always a file of the run as it is now. */
  @Test
  void aBestOfALaterStepIsSetAside() throws IOException {
    train(spec("text", 20), "run", false, "");
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep()).isEqualTo(20);
    train(spec("text", 20), "run", false, "checkpoints/step-000000016.ckpt");
    assertThat(folder.resolve("run/checkpoints/set-aside/best.ckpt")).isRegularFile();
    assertThat(ModelFamilies.open(folder.resolve("run")).bestStep()).isEqualTo(20);
  }

  @Test
  void aCheckpointOfAnotherRunIsRefusedAndNothingMoves() throws IOException {
    train(spec("text", 20), "run", false, "");
    train(spec("text", 20), "other", false, "");
    String foreign = folder.resolve("other/checkpoints/step-000000016.ckpt").toString();
    assertThatThrownBy(() -> prepare(spec("text", 20), "run", false, foreign))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its checkpoint " + foreign + " is another run's");
    assertThatThrownBy(() -> prepare(spec("text", 20), "run", false, "checkpoints/no.ckpt"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("checkpoints/no.ckpt");
    assertThat(newest("run").step()).isEqualTo(20);
    assertThat(folder.resolve("run/checkpoints/set-aside")).doesNotExist();
  }

  /** Builds without {@code auto} wrote {@code off}, which is what it means on the CPU. */
  @Test
  void aRunOfABuildWithoutAutomaticCompilationGoesOn() throws IOException {
    train(spec("image", 20), "whole", false, "");
    train(spec("image", 10, "training.xla=off"), "parts", false, "");
    train(spec("image", 20), "parts", true, "");

    assertThat(newest("parts").step()).isEqualTo(20);
    assertThat(Runs.losses(folder.resolve("parts")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    // on a GPU 'auto' may compile
    assertThat(new RunFolder(folder.resolve("parts")).specification().training().xla())
        .isEqualTo(XlaSpec.OFF);
    assertThat(newest("parts").specification()).contains("\"xla\": \"off\"");
    assertThat(newest("whole").specification()).contains("\"xla\": \"auto\"");
    assertThatThrownBy(() -> prepare(spec("image", 20, "training.xla=cell"), "parts", true, ""))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training.xla");
  }

  @Test
  void whetherStepsAreCompiledIsComparedWhereTheCheckpointStatesIt() {
    assumeTrue(Xla.isAvailable(), "there is no XLA");
    SessionOptions options = new SessionOptions(1, true);
    ExperimentSpec step = spec("text", 20, "training.xla=step");
    JsonObject then = PreparedRun.session(spec("text", 20), options);
    assertThat(PreparedRun.differences(then, spec("text", 20), options)).isEmpty();
    assertThat(PreparedRun.differences(then, step, options))
        .containsExactly("compiled: false then, true now");
    then.remove("compiled");
    assertThat(PreparedRun.differences(then, step, options)).isEmpty();
  }
}
