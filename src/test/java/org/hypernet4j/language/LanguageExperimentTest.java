// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.data.EncodedText;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.fixtures.Runs;
import org.hypernet4j.fixtures.TinyText;
import org.hypernet4j.image.ImageRun;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.TrainingResult;
import org.hypernet4j.zoo.SymbolDraw;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Language models in run folders, tiny ones on a text of a few hundred symbols. */
class LanguageExperimentTest {
  @TempDir Path folder;

  @BeforeEach
  void writeText() throws IOException {
    Files.writeString(folder.resolve("text.txt"), TinyText.TRAIN.repeat(8));
  }

  private static ExperimentSpec spec(String... overrides) {
    String[] all = new String[overrides.length + 2];
    all[0] = "training.steps=40";
    all[1] = "training.optimizer.learningRate=0.05";
    System.arraycopy(overrides, 0, all, 2, overrides.length);
    return TinyText.spec(TinyText.LSTM, all);
  }

  private LanguageExperiment prepare(ExperimentSpec spec, String run, boolean resume) {
    return LanguageExperiment.prepare(
        spec,
        new TrainOptions(
            folder.resolve("text.txt"),
            folder,
            folder.resolve(run),
            resume,
            new SessionOptions(0, true)));
  }

  @Test
  void learnsAndLeavesWhatLaterCommandsNeed() throws IOException {
    LanguageExperiment experiment = prepare(spec(), "run", false);
    assertThat(experiment.totalSteps()).isEqualTo(40);
    assertThat(experiment.dataSize()).isEqualTo("332 symbols"); // 90 % of 8 * 46

    TrainingResult result = experiment.train(List.of(), run -> {});

    Evaluation best = Objects.requireNonNull(result.best());
    assertThat(best.criterion()).isEqualTo("bpc");
    // four symbols as good as equally likely at first: 2 bits each
    List<String> lines = Files.readAllLines(experiment.folder().metrics());
    double first = JsonParser.parseString(lines.get(0)).getAsJsonObject().get("bpc").getAsDouble();
    assertThat(first).isBetween(1.7, 2.5);
    assertThat(best.value()).isLessThan(first - 0.1);

    LanguageRun run = experiment.finished();
    assertThat(run.vocabulary()).isEqualTo(experiment.data().vocabulary());
    Path file = experiment.folder().vocabulary();
    assertThat(Vocabulary.fromJson(JsonParser.parseString(Files.readString(file)), "file"))
        .isEqualTo(run.vocabulary());
    try (TrainedLanguageModel model = run.best()) {
      Map<String, Double> validation = model.measure(experiment.data().validation());
      // the trained session and the reopened model are two graphs: equal results are no accident
      assertThat(validation).isEqualTo(best.metrics());
      assertThat(run.provenance(validation).validation()).isEqualTo(best.metrics());
      assertThat(run.provenance(validation).test()).isEqualTo(validation);
    }
  }

  /** Texts of a run's model, with the changes that a probe of its own graph measures. */
  @Test
  void aRunIsReadAsAStream() {
    for (String cell : List.of(TinyText.LSTM, TinyText.HYPER)) {
      String name = cell.equals(TinyText.HYPER) ? "hyper" : "constant";
      ExperimentSpec spec =
          TinyText.spec(cell, "training.steps=2", "training.evaluateEvery.steps=2");
      prepare(spec, name, false).train(List.of(), run -> {});
      Path run = folder.resolve(name);
      SymbolDraw draw = new SymbolDraw(1f, null, 3);
      List<TextToken> tokens = new ArrayList<>();
      try (TextStreams streams = TextStreams.open(run);
          TextModel model = TextModel.open(run)) {
        assertThat(TextStreams.isIn(run)).isTrue();
        assertThat(streams.hasChanges()).isEqualTo(cell.equals(TinyText.HYPER));
        TextStream text = streams.startWithChanges("ab", 12, draw);
        tokens.addAll(text.prompt());
        text.forEachRemaining(tokens::add);
        assertThat(tokens.stream().skip(2).mapToInt(TextToken::id))
            .containsExactly(
                Arrays.stream(model.generator().generate("ab", 12, draw, id -> {}))
                    .boxed()
                    .toArray(Integer[]::new));
      }
      try (TrainedLanguageModel model = LanguageRun.open(run).best()) {
        TextTrace trace = model.trace("text", tokens.stream().mapToInt(TextToken::id).toArray());
        for (int i = 1; i < tokens.size(); i++) {
          assertThat(tokens.get(i).changes()).hasSize(trace.changes().size());
          for (TextTrace.Change change : trace.changes()) {
            assertThat(tokens.get(i).changes().get(change.weight() + "_" + change.gate()))
                .isCloseTo(change.norms()[i], within(1e-6));
          }
        }
      }
    }
  }

  @Test
  void resumesToTheLastBitInTheMiddleOfAnEpoch() throws IOException {
    ExperimentSpec spec =
        spec(
            "training.logEvery=1",
            "training.checkpoints.everySteps=7",
            "model.keep={\"input\":0.9,\"output\":0.8,\"recurrent\":0.8}",
            "training.steps=60");
    prepare(spec, "whole", false).train(List.of(), run -> {});
    // 331 predictions, 165 for each of two streams: 40 steps of 4 in an epoch
    Runs.trainUntilKilled(prepare(spec, "parts", false), 33);
    LanguageExperiment second = prepare(spec, "parts", true);
    assertThat(second.startStep()).isEqualTo(30); // an evaluation writes one as well
    Checkpoint start = second.folder().checkpoints(1).latest().orElseThrow();
    assertThat(floats(start, "state/h")).isNotEqualTo(new float[8]);

    second.train(List.of(), run -> {});

    assertThat(Runs.losses(folder.resolve("parts")))
        .hasSize(66)
        .isEqualTo(Runs.losses(folder.resolve("whole")));
    Checkpoint end = second.folder().checkpoints(1).latest().orElseThrow();
    Checkpoint whole = new RunFolder(folder.resolve("whole")).checkpoints(1).latest().orElseThrow();
    assertThat(end.values().keySet()).isEqualTo(whole.values().keySet());
    for (String name : end.values().keySet()) {
      assertThat(floats(end, name)).as(name).isEqualTo(floats(whole, name));
    }
  }

  private static float[] floats(Checkpoint checkpoint, String name) {
    NpyArray value = Objects.requireNonNull(checkpoint.values().get(name), name);
    return value.floats();
  }

  @Test
  void refusesWhatIsOfAnotherModel() {
    LanguageExperiment experiment = prepare(spec("training.steps=10"), "run", false);
    experiment.train(List.of(), run -> {});
    Checkpoint best = experiment.folder().checkpoints(1).best().orElseThrow();
    Vocabulary vocabulary = experiment.data().vocabulary();

    assertThatThrownBy(
            () -> TrainedLanguageModel.open(spec("model.cell.units=5"), best, vocabulary))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("belongs to another model")
        .hasMessageContaining("of another shape or type (cell/")
        .hasMessageContaining("not float32 [");
    assertThatThrownBy(() -> TrainedLanguageModel.open(spec("model.symbols=3"), best, vocabulary))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("vocabulary: has more symbols than the model; expected at most 3");
    assertThatThrownBy(() -> prepare(spec("model.cell.units=5"), "run", true))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected model.cell.units = 4, received 5");
    assertThatThrownBy(() -> ImageRun.open(folder.resolve("run")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not that of an image classifier")
        .hasMessageContaining("'shakespeare-hyperlstm', a language model");
    try (TrainedLanguageModel model = experiment.finished().best()) {
      EncodedText other = TextDatasets.load(spec().data(), null).test();
      assertThatThrownBy(() -> model.measure(other))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("is outside of the vocabulary; expected 0 to 3");
    }
  }

  @Test
  void dataThatAreNotBuiltInMustBeGiven() {
    for (String name : List.of("ptb-small-lstm", "enwik8-lstm-1800")) {
      ExperimentSpec spec = SpecFiles.read(Path.of("graphs", name + ".json"), List.of());
      TrainOptions options =
          new TrainOptions(null, folder, null, false, new SessionOptions(0, false));
      assertThatThrownBy(() -> ModelFamilies.prepare(spec, options))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("data: these data are not built in; expected")
          .hasMessageContaining("Add data=PATH");
      assertThat(folder.resolve(spec.name())).doesNotExist();
    }
  }
}
