// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.fixtures.TinyStrokes;
import org.hypernet4j.image.ImageRun;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of strokes in run folders, tiny ones on a few short drawings. */
class StrokesExperimentTest {
  @TempDir Path folder;

  private Path data;

  @BeforeEach
  void writeDrawings() {
    data = folder.resolve("tiny.flat.npz");
    TinyStrokes.write(data, TinyStrokes.splits());
  }

  private StrokesExperiment prepare(ExperimentSpec spec, String run, boolean resume) {
    return StrokesExperiment.prepare(
        spec,
        new TrainOptions(data, folder, folder.resolve(run), resume, new SessionOptions(1, true)));
  }

  private static ExperimentSpec spec(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "training.steps=12",
                "training.evaluateEvery.steps=6",
                "training.logEvery=1",
                "data.drawings.scaling=per-axis",
                "training.optimizer={\"type\":\"adam\",\"learningRate\":0.02}"));
    all.addAll(List.of(more));
    return TinyStrokes.spec(all.toArray(String[]::new));
  }

  /** Learns; what was measured while training, reopened, and exported, is the same. */
  @Test
  void learnsAndIsReadAgain() throws IOException {
    StrokesExperiment experiment = prepare(spec(TinyStrokes.HYPER), "run", false);
    assertThat(experiment.dataSize()).startsWith("22 drawings of ");
    TrainingResult result = experiment.train(List.of(), run -> {});
    Evaluation best = Objects.requireNonNull(result.best());
    assertThat(best.criterion()).isEqualTo("nats");
    List<String> losses = Runs.losses(folder.resolve("run"));
    assertThat(losses).hasSize(12 + 2);

    try (TestedModel tested = experiment.tested(best.value())) {
      assertThat(tested.test().figures())
          .containsEntry("validationNats", best.value())
          .containsKeys("testNats", "testBaselineNats");
      assertThat(tested.test().beside())
          .singleElement()
          .asString()
          .startsWith("without a network: test ");
    }

    StrokesRun run = experiment.finished();
    DrawingPart validation = experiment.data().validation();
    StrokeScaling scaling =
        StrokeScaling.of(experiment.data().train(), StrokeScaling.Kind.PER_AXIS);
    assertThat(run.scaling()).isEqualTo(scaling);
    assertThat(scaling.meanX()).isNotZero();
    try (TrainedStrokes model = run.best()) {
      Map<String, Double> measured = model.measure(validation);
      assertThat(measured).isEqualTo(best.metrics());
      double perPoint = Math.log(scaling.sdX()) + Math.log(scaling.sdY());
      double points = (double) validation.points() / validation.count();
      assertThat(Objects.requireNonNull(measured.get("natsRaw")))
          .isCloseTo(
              Objects.requireNonNull(measured.get("nats")) + points * perPoint, within(1e-6));
      assertThat(Objects.requireNonNull(measured.get("nats")))
          .isCloseTo(points * Objects.requireNonNull(measured.get("loss")), within(1e-9));
      assertThat(
              Objects.requireNonNull(measured.get("offset"))
                  + Objects.requireNonNull(measured.get("pen")))
          .isCloseTo(Objects.requireNonNull(measured.get("loss")), within(1e-9));

      ExportResult exported =
          Exporter.export(
              model.exportRequest(
                  ExportForm.GENERATED,
                  model.references(null),
                  run.provenance(measured),
                  folder.resolve("models")));
      assertThat(exported.report().verified()).isTrue();
      try (LoadedModel loaded = LoadedModel.open(exported.versionFolder())) {
        requireScores(loaded, validation, measured);
      }
    }
  }

  /** {@code score} of the exported model, in the units of the data, against the evaluation. */
  private static void requireScores(
      LoadedModel loaded, DrawingPart part, Map<String, Double> measured) {
    int time = part.longest();
    float[] points = new float[part.count() * time * 3];
    int[] lengths = new int[part.count()];
    for (int i = 0; i < lengths.length; i++) {
      PenDrawing drawing = part.drawings().get(i);
      lengths[i] = drawing.points();
      System.arraycopy(drawing.rows(), 0, points, i * time * 3, 3 * lengths[i]);
    }
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put("points", NpyArray.of(points, lengths.length, time, 3));
    inputs.put("lengths", NpyArray.of(lengths, lengths.length));
    Map<String, NpyArray> scores =
        loaded.session().record(loaded.signature("score"), inputs).outputs();
    assertThat(mean(scores, "nats"))
        .isCloseTo(Objects.requireNonNull(measured.get("nats")), within(1e-4));
    assertThat(mean(scores, "nats_raw"))
        .isCloseTo(Objects.requireNonNull(measured.get("natsRaw")), within(1e-4));
    double each = (double) part.points() / part.count();
    assertThat(mean(scores, "nats_offset"))
        .isCloseTo(each * Objects.requireNonNull(measured.get("offset")), within(1e-4));
    assertThat(mean(scores, "nats_pen"))
        .isCloseTo(each * Objects.requireNonNull(measured.get("pen")), within(1e-4));
  }

  private static double mean(Map<String, NpyArray> scores, String name) {
    double sum = 0;
    float[] values = Objects.requireNonNull(scores.get(name)).floats();
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** Augmentation, dropout and the latent vector go on where they were. */
  @Test
  void resumesToTheLastBit() throws IOException {
    ExperimentSpec spec =
        spec(
            TinyStrokes.LATENT,
            "training.checkpoints.everySteps=5",
            "model.keep={\"output\":0.8,\"recurrent\":0.8}");
    prepare(spec, "whole", false).train(List.of(), run -> {});
    Runs.trainUntilKilled(prepare(spec, "parts", false), 8);
    StrokesExperiment second = prepare(spec, "parts", true);
    assertThat(second.startStep()).isEqualTo(6); // an evaluation writes one as well

    second.train(List.of(), run -> {});

    assertThat(Runs.losses(folder.resolve("parts")))
        .hasSize(14)
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    Map<String, NpyArray> end = latest("parts");
    Map<String, NpyArray> whole = latest("whole");
    assertThat(end.keySet()).isEqualTo(whole.keySet());
    end.forEach(
        (name, array) ->
            assertThat(array.floats())
                .as(name)
                .isEqualTo(Objects.requireNonNull(whole.get(name)).floats()));
    // with z the divergence counts, too
    try (TrainedStrokes best = second.finished().best()) {
      Map<String, Double> measured = best.measure(second.data().test());
      assertThat(Objects.requireNonNull(measured.get("natsWithKl")))
          .isCloseTo(
              Objects.requireNonNull(measured.get("nats"))
                  + Objects.requireNonNull(measured.get("kl")),
              within(1e-9));
      assertThat(StrokesTask.criterion(spec)).isEqualTo("natsWithKl");
    }
  }

  private Map<String, NpyArray> latest(String run) {
    Checkpoint checkpoint =
        new RunFolder(folder.resolve(run)).checkpoints(1).latest().orElseThrow();
    return checkpoint.values();
  }

  @Test
  void refusesToGoOnWithOtherDrawingsOrAnotherModel() {
    ExperimentSpec spec = spec("training.steps=2");
    prepare(spec, "run", false).train(List.of(), run -> {});
    assertThatThrownBy(() -> prepare(spec("training.steps=2", "model.mixtures=2"), "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.mixtures");
    assertThatThrownBy(() -> ImageRun.open(folder.resolve("run")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not that of an image classifier")
        .hasMessageContaining("a model of pen strokes");
    DrawingSplits all = TinyStrokes.splits();
    TinyStrokes.write(data, new DrawingSplits(all.train().first(21), all.validation(), all.test()));
    assertThatThrownBy(() -> prepare(spec, "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("start a new run");
  }

  /** Nothing is begun with drawings that have no place on paper. */
  @Test
  void refusesNanInTheData() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(Npz.read(data));
    float[] points = Objects.requireNonNull(arrays.get("valid_points")).floats().clone();
    points[4] = Float.NaN;
    arrays.put("valid_points", NpyArray.of(points, points.length / 3, 3));
    Npz.write(data, arrays);
    assertThatThrownBy(() -> prepare(spec(), "run", false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("valid_points")
        .hasMessageContaining("has no place")
        .hasMessageContaining("dy NaN");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void drawingsThatAreNotBuiltInMustBeGiven() {
    TrainOptions options =
        new TrainOptions(null, folder, folder.resolve("run"), false, new SessionOptions(1, true));
    assertThatThrownBy(() -> ModelFamilies.prepare(spec(), options))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("these data are not built in")
        .hasMessageContaining("NAME.flat.npz");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void referencesTakeNoData() {
    prepare(spec("training.steps=2"), "run", false).train(List.of(), run -> {});
    try (TrainedStrokes model = StrokesRun.open(folder.resolve("run")).best()) {
      assertThatThrownBy(() -> model.references(data))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("drawings of its own");
      assertThatThrownBy(
              () ->
                  model.exportRequest(
                      ExportForm.BAKED,
                      List.of(),
                      StrokesRun.open(folder.resolve("run")).provenance(Map.of()),
                      folder))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no baked form");
    }
  }
}
