// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.language.JavaGradients;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.train.TrainingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The MNIST experiment on the built-in digits, end to end but short. */
class ImageExperimentTest {
  @TempDir Path folder;

  private static ExperimentSpec spec(String... overrides) {
    List<String> all = new ArrayList<>(List.of("training.steps=60", "training.batchSize=32"));
    all.add("training.evaluateEvery={\"steps\":20}");
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), all);
  }

  private TrainOptions options(String run, boolean resume) {
    return new TrainOptions(null, folder, folder.resolve(run), resume, new SessionOptions(0, true));
  }

  @Test
  void learnsAndExportsBothFormsWithEqualOutputs() throws IOException {
    ImageExperiment experiment = ImageExperiment.prepare(spec(), options("run", false));
    List<Float> losses = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingState run, StepResult step) {
            losses.add(step.loss());
          }
        };
    TrainingResult result = experiment.train(List.of(recorder), run -> {});

    assertThat(result.step()).isEqualTo(60);
    // ten classes, nearly equal logits at first: the loss begins at ln 10 = 2.303
    assertThat(losses.get(0)).isBetween(2.25f, 2.35f);
    assertThat(losses.get(59)).isLessThan(1.5f);

    Path models = Path.of("target", "python-models");
    AtomicFiles.deleteRecursively(models);
    try (TrainedClassifier best = experiment.finished().best()) {
      Map<String, Double> test = best.measure(experiment.data().test());
      assertThat(Objects.requireNonNull(test.get("error"))).isLessThan(0.5);
      // the trained session and the reopened model are two graphs: equal outputs are no accident
      assertSame(experiment.references(), best.references(experiment.data().test()));
      assertThat(best.pictures().drawKernels(experiment.folder().kernels()).values())
          .hasSize(2)
          .allSatisfy(file -> assertThat(file).isNotEmptyFile());
      for (ExportForm form : ExportForm.values()) {
        ExportRequest request =
            best.exportRequest(
                form, experiment.references(), experiment.finished().provenance(), models);
        ExportResult exported = Exporter.export(request);
        JavaGradients.ofClassifier(request);
        assertThat(exported.report().verified()).isTrue();
        // both forms are compared with the session in which the generator runs
        assertThat(exported.maxAbsDifference()).isLessThan(1e-5);
        assertThat(exported.parameters()).isEqualTo(form == ExportForm.BAKED ? 21_210 : 12_910);
      }
    }
    assertThat(experiment.folder().path().resolve("checkpoints"))
        .isDirectoryContaining("glob:**best.ckpt");
  }

  private static void assertSame(List<ReferenceCase> actual, List<ReferenceCase> expected) {
    assertThat(actual).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < actual.size(); i++) {
      NpyArray a = Objects.requireNonNull(actual.get(i).outputs().get("logits"));
      NpyArray b = Objects.requireNonNull(expected.get(i).outputs().get("logits"));
      float[] left = a.floats();
      float[] right = b.floats();
      assertThat(left).hasSameSizeAs(right);
      for (int k = 0; k < left.length; k++) {
        assertThat(Math.abs(left[k] - right[k])).isLessThan(1e-5f);
      }
    }
  }

  @Test
  void resumesToTheLastBit() throws IOException {
    ExperimentSpec spec = spec("training.logEvery=1", "training.checkpoints.everySteps=7");
    ImageExperiment whole = ImageExperiment.prepare(spec, options("whole", false));
    whole.train(List.of(), run -> {});

    ImageExperiment first = ImageExperiment.prepare(spec, options("parts", false));
    Runs.trainUntilKilled(first, 33); // the newest checkpoint is of step 28
    ImageExperiment second = ImageExperiment.prepare(spec, options("parts", true));
    assertThat(second.startStep()).isEqualTo(28);
    second.train(List.of(), run -> {});

    assertThat(Runs.losses(folder.resolve("parts")))
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    JsonObject session = new SessionOptions(0, true).state();
    session.addProperty("compiled", false);
    // on which threads and kernels the bits depend is remembered in every checkpoint
    assertThat(second.folder().checkpoints(1).latest().orElseThrow().state().get("session"))
        .isEqualTo(session);
  }

  @Test
  void refusesToResumeAnotherExperiment() {
    ImageExperiment.prepare(spec(), options("run", false)).train(List.of(), run -> {});
    assertThatThrownBy(() -> ImageExperiment.prepare(spec("training.seed=2"), options("run", true)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "the run was made with another specification; expected training.seed = 1, received 2");
    assertThatThrownBy(() -> ImageExperiment.prepare(spec(), options("run", false)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("holds a run already");
    assertThatThrownBy(() -> ImageExperiment.prepare(spec(), options("nothing", true)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not the folder of a run");
  }

  @Test
  void stopsADivergingTrainingAndNamesTheLastGoodCheckpoint() {
    ExperimentSpec spec =
        spec(
            "training.optimizer={\"type\":\"sgd\",\"learningRate\":1e6}",
            "training.gradientClip={\"type\":\"none\"}");
    ImageExperiment experiment = ImageExperiment.prepare(spec, options("run", false));
    assertThatThrownBy(() -> experiment.train(List.of(), run -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the training diverged")
        .hasMessageContaining("the last good checkpoint is none: it diverged before the first");
  }
}
