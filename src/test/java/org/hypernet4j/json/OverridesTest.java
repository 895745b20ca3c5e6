// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.AugmentationSpec;
import org.hypernet4j.spec.ClipSpec;
import org.hypernet4j.spec.EarlyStoppingSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.IntervalSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.Specs;
import org.hypernet4j.spec.TrainingSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("small.json");
    Files.writeString(
        file,
        Specs.with("sample", "{\"epochs\": 3, \"batchSize\": 2, \"learningRate\": 0.5}")
            .toString());
  }

  private ExperimentSpec read(String... settings) {
    return SpecFiles.read(file, List.of(settings));
  }

  @Test
  void setsNumbersTextsAndWholeSections() {
    ExperimentSpec spec =
        read(
            "training.batchSize=500",
            "name=2024",
            "description=a = b",
            "data.augmentation={\"pad\": 3}",
            "training.evaluateEvery=2");

    assertThat(spec.training().batchSize()).isEqualTo(500);
    assertThat(spec.name()).isEqualTo("2024");
    assertThat(spec.description()).isEqualTo("a = b");
    assertThat(spec.data()).isEqualTo(new MnistDataSpec(5000, new AugmentationSpec(3, false)));
    assertThat(spec.training().evaluateEvery()).isEqualTo(new IntervalSpec(2, null));
  }

  @Test
  void writesOutABareNumberToReachInsideIt() {
    assertThat(read("training.optimizer.learningRate.value=0.005").training().optimizer())
        .isEqualTo(new OptimizerSpec.Adam(new ScheduleSpec.Constant(0.005), 0.9, 0.999, 1e-8));
  }

  @Test
  void makesSectionsThatTheFileLeavesOutFromTheirDefaults() {
    ExperimentSpec spec = read("training.earlyStopping.patience=4", "data.augmentation.flip=true");
    assertThat(spec.training().earlyStopping()).isEqualTo(new EarlyStoppingSpec(4));
    assertThat(spec.data()).isEqualTo(new MnistDataSpec(5000, new AugmentationSpec(1, true)));
  }

  @Test
  void aNewTypeLosesTheKeysOfTheOldOneAndKeepsTheSharedOnes() {
    ExperimentSpec spec =
        read(
            "model.kernel2.type=plain",
            "training.optimizer.beta1=0.5",
            "training.gradientClip.type=value",
            "training.gradientClip.value=3");
    assertThat(((MnistConvNetSpec) spec.model()).kernel2()).isInstanceOf(GeneratorSpec.Plain.class);
    assertThat(spec.training().gradientClip()).isEqualTo(new ClipSpec.Value(3));
    assertThat(read("training.optimizer.type=sgd").training().optimizer())
        .isEqualTo(new OptimizerSpec.Sgd(new ScheduleSpec.Constant(0.001)));
  }

  @Test
  void oneAlternativeTakesTheOtherOut() {
    TrainingSpec training = read("training.steps=7", "training.evaluateEvery.steps=2").training();
    assertThat(training.steps()).isEqualTo(7);
    assertThat(training.epochs()).isNull();
    assertThat(training.evaluateEvery()).isEqualTo(new IntervalSpec(null, 2));
  }

  @Test
  void nullBringsTheDefaultBack() {
    assertThat(read("model.kernel2.embeddingSize=9", "model.kernel2.embeddingSize=null"))
        .isEqualTo(read());
  }

  @Test
  void setsAnItemOfAList() {
    OptimizerSpec optimizer =
        read(
                "training.optimizer.learningRate={\"type\": \"piecewise\", \"boundaries\": [5],"
                    + " \"values\": [1, 0.1]}",
                "training.optimizer.learningRate.values[1]=0.2")
            .training()
            .optimizer();
    assertThat(optimizer.learningRate())
        .isEqualTo(new ScheduleSpec.Piecewise(List.of(5), List.of(1.0, 0.2)));
  }

  @Test
  void theSampleSectionReplacesWhatItNames() {
    TrainingSpec training = read().forSample().training();
    assertThat(training.epochs()).isEqualTo(3);
    assertThat(training.batchSize()).isEqualTo(2);
    assertThat(training.optimizer().learningRate()).isEqualTo(new ScheduleSpec.Constant(0.5));
    assertThat(read().forSample().sample()).isNull();
  }

  @Test
  void settingsWinOverTheSampleSection() {
    ExperimentSpec spec =
        read("training.steps=5", "training.optimizer.learningRate.value=0.25").forSample();
    assertThat(spec.training().steps()).isEqualTo(5);
    assertThat(spec.training().epochs()).isNull();
    assertThat(spec.training().batchSize()).isEqualTo(2);
    assertThat(spec.training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0.25));
    assertThat(read("training.epochs=9", "sample.epochs=4").forSample().training().epochs())
        .isEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          training.batchsize=5          | override training.batchsize=5: unknown key 'batchsize' in training; expected one of seed, epochs, steps, batchSize, evaluateBatchSize, optimizer, gradientClip, l2, evaluateEvery, earlyStopping, checkpoints, logEvery, xla, precision, stepsPerRun, freeze. Did you mean 'batchSize'?
          trainng.batchSize=5           | override trainng.batchSize=5: unknown key 'trainng'; expected one of name, description, model, data, training, sample. Did you mean 'training'?
          model.kernel2.initializer=1   | override model.kernel2.initializer=1: unknown key 'initializer' in model.kernel2; expected one of type, embeddingSize
          training                      | override training: not a setting; expected path=value
          =3                            | override =3: not a setting
          training.=3                   | override training.=3: not a path
          training..seed=3              | override training..seed=3: not a path
          training.seed[0]=3            | override training.seed[0]=3: 'training.seed' is not a list. End the path there.
          training.seed.x=3             | override training.seed.x=3: 'training.seed' is not an object. End the path there.
          model.type.x=3                | override model.type.x=3: 'model.type' is not an object
          training.optimizer={"a":1,"a":2} | override training.optimizer={"a":1,"a":2}, a: the key 'a' stands here twice
          model.kernel2.type=plane      | unknown type 'plane'; expected one of plain, two-layer-linear, one-layer-linear, mlp, chunked, templated, low-rank, coordinate, dct, heads, separate. Did you mean 'plain'?
          training.batchSize=many       | training.batchSize (from override): wrong type; expected an integer from 1 to 1000000, received "many".
          training.batchSize=0          | training.batchSize (from override): out of range; expected an integer from 1 to 1000000, received 0.
          """)
  void saysWhichSettingIsWrong(String setting, String message) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read(setting))
        .withMessageContaining(message);
  }

  @Test
  void refusesSettingsThatContradictEachOther() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read("training.epochs=3", "training.steps=5"))
        .withMessage(
            "override training.steps=5: contradicts override training.epochs."
                + " Give one of the two, or this one first.");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read("model.kernel2.hiddenSize=3", "model.kernel2.type=plain"))
        .withMessageContaining("contradicts override model.kernel2.hiddenSize");
  }

  @Test
  void saysThatAListIsTooShort() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(
            () ->
                read(
                    "training.optimizer.learningRate={\"type\": \"piecewise\", \"boundaries\": [5],"
                        + " \"values\": [1, 0.1]}",
                    "training.optimizer.learningRate.values[2]=0.2"))
        .withMessageContaining(
            "no such item of training.optimizer.learningRate.values; expected an index below 2,"
                + " received 2");
  }

  @Test
  void saysThatASampleSectionDoesNotFit() throws IOException {
    Files.writeString(file, Specs.with("sample", "{\"validation\": 60000}").toString());
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> read())
        .withMessageContaining("small.json with its sample section, data.validation: out of range");
  }
}
