// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.AugmentationSpec;
import org.hypernet4j.spec.CheckpointsSpec;
import org.hypernet4j.spec.ClipSpec;
import org.hypernet4j.spec.EarlyStoppingSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.IntervalSpec;
import org.hypernet4j.spec.MnistConvNetSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.spec.OptimizerSpec;
import org.hypernet4j.spec.PrecisionSpec;
import org.hypernet4j.spec.ScheduleSpec;
import org.hypernet4j.spec.Specs;
import org.hypernet4j.spec.TrainingSpec;
import org.hypernet4j.spec.XlaSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecReaderTest {

  @Test
  void fillsInWhatIsLeftOut() {
    ExperimentSpec spec = Specs.read(Specs.smallest());

    assertThat(spec)
        .isEqualTo(
            new ExperimentSpec(
                "small",
                null,
                new MnistConvNetSpec(
                    16,
                    7,
                    10,
                    28,
                    new GeneratorSpec.TwoLayerLinear(4, 4, 0.01, 0.01, 1, null, null, null)),
                new MnistDataSpec(5000, new AugmentationSpec(1, false)),
                new TrainingSpec(
                    1,
                    1,
                    null,
                    10,
                    1000,
                    new OptimizerSpec.Adam(new ScheduleSpec.Constant(0.001), 0.9, 0.999, 1e-8),
                    new ClipSpec.None(),
                    0,
                    new IntervalSpec(1, null),
                    new EarlyStoppingSpec(0),
                    new CheckpointsSpec(null, null, 3),
                    10,
                    XlaSpec.AUTO,
                    PrecisionSpec.FLOAT32,
                    1,
                    List.of()),
                null));
  }

  /** What is wrong in one value: where it is put, what it is, and parts of the one message. */
  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          model.kernal2                  | {}          | x.json, model: unknown key 'kernal2'; expected one of type, filters, kernelSize, classes, imageSize, kernel2. Did you mean 'kernel2'?
          nmae                           | 1           | x.json: unknown key 'nmae'; expected one of name, description, model, data, training, sample. Did you mean 'name'?
          model.kernel2.embedingsize     | 4           | x.json, model.kernel2: unknown key 'embedingsize'; expected one of type, embeddingSize, hiddenSize, weightStddev, embeddingMean, embeddingStddev, basicIn, basicOut, initialisation, rows, columns. Did you mean 'embeddingSize'?
          training.batchSize             | ``          | x.json, training: missing key 'batchSize'; expected an integer from 1 to 1000000. This key means: Examples in one optimizer step.
          training.optimizer             | ``          | x.json, training: missing key 'optimizer'; expected an object with 'type' one of sgd, momentum, adam, rmsprop.
          training.optimizer.type        | ``          | x.json, training.optimizer: missing key 'type'; expected one of sgd, momentum, adam, rmsprop.
          training.optimizer.type        | "adm"       | x.json, training.optimizer.type: unknown type 'adm'; expected one of sgd, momentum, adam, rmsprop. Did you mean 'adam'?
          training.optimizer.type        | 3           | x.json, training.optimizer.type: wrong type; expected one of sgd, momentum, adam, rmsprop, received 3.
          training.optimizer             | "adam"      | x.json, training.optimizer: wrong type; expected an object with 'type' one of sgd, momentum, adam, rmsprop, received "adam".
          training.optimizer.learningRate| "fast"      | x.json, training.optimizer.learningRate: wrong type; expected an object with 'type' one of constant, exponential, piecewise, cosine, received "fast".
          training.optimizer.learningRate| -0.1        | x.json, training.optimizer.learningRate.value: out of range; expected a number from 0 to 1000000, received -0.1.
          training.optimizer.beta1       | 1           | x.json, training.optimizer.beta1: out of range; expected a number from 0 to 0.9999999, received 1.
          training.optimizer.epsilon     | 0           | x.json, training.optimizer.epsilon: out of range; expected a number from 1E-30 to 1, received 0.
          training.optimizer.epsilon     | 1e-400      | x.json, training.optimizer.epsilon: out of range; expected a number from 1E-30 to 1, received 1e-400.
          training.optimizer.epsilon     | 1e-50       | x.json, training.optimizer.epsilon: out of range; expected a number from 1E-30 to 1, received 1e-50.
          training.optimizer.beta1       | 0.99999999  | x.json, training.optimizer.beta1: out of range; expected a number from 0 to 0.9999999, received 0.99999999.
          training.gradientClip          | {"type":"value","value":1e-50} | x.json, training.gradientClip.value: out of range; expected a number from 1E-30 to 1000000000, received 1e-50.
          model.imageSize                | 3           | x.json, model.imageSize: out of range; expected an integer from 4 to 1024, received 3.
          model                          | {"type":"mnist-convnet","filters":1024,"kernelSize":46,"kernel2":{"type":"plain"}} | x.json, model.filters: the second kernel is too large; expected fewer than 2^31 numbers in [kernelSize, kernelSize, filters, filters], received [46, 46, 1024, 1024].
          training.optimizer.epsilon     | 1e400       | x.json, training.optimizer.epsilon: out of range
          training.optimizer.epsilon     | 1e99999999999 | x.json, training.optimizer.epsilon: out of range
          training.batchSize             | 0           | x.json, training.batchSize: out of range; expected an integer from 1 to 1000000, received 0.
          training.batchSize             | -5          | x.json, training.batchSize: out of range
          training.batchSize             | 2.5         | x.json, training.batchSize: not an integer; expected an integer from 1 to 1000000, received 2.5.
          training.batchSize             | 4294967297  | x.json, training.batchSize: out of range
          training.batchSize             | 1e999999    | x.json, training.batchSize: out of range
          training.batchSize             | "100"       | x.json, training.batchSize: wrong type; expected an integer from 1 to 1000000, received "100".
          training.batchSize             | null        | x.json, training.batchSize: wrong type; expected an integer from 1 to 1000000, received null.
          training.batchSize             | [100]       | x.json, training.batchSize: wrong type
          training.seed                  | -1          | x.json, training.seed: out of range; expected an integer from 0 to 9007199254740991, received -1.
          training.epochs                | ``          | x.json, training.epochs: neither of 'epochs' and 'steps' given; expected exactly one.
          training.steps                 | 5           | x.json, training.epochs: both of 'epochs' and 'steps' given; expected exactly one.
          training.evaluateEvery         | {}          | x.json, training.evaluateEvery.epochs: neither of 'epochs' and 'steps' given; expected exactly one.
          training.earlyStopping         | true        | x.json, training.earlyStopping: wrong type; expected an object with the keys patience, received true.
          sample                         | {"epochs":1,"steps":2} | x.json, sample.epochs: both of 'epochs' and 'steps' given; expected at most one.
          sample                         | {"batchsize":1} | x.json, sample: unknown key 'batchsize'; expected one of validation, epochs, steps, batchSize, learningRate, evaluateEvery. Did you mean 'batchSize'?
          data.augmentation.flip         | "yes"       | x.json, data.augmentation.flip: wrong type; expected true or false, received "yes".
          name                           | "../../etc" | x.json, name: not of the right form; expected a text of 1 to 64 small letters, digits, dots, hyphens and underscores, received "../../etc".
          name                           | 7           | x.json, name: wrong type
          model.imageSize                | 32          | x.json, model.imageSize: does not fit the data; expected 28 for MNIST, received 32. Leave 'imageSize' out to get its default.
          model.classes                  | 11          | x.json, model.classes: does not fit the data; expected 10 for MNIST, received 11.
          $schema                        | 1           | x.json, $schema: wrong type; expected the path of the JSON schema as a text, received 1.
          training.optimizer.learningRate| {"type":"piecewise","boundaries":[10,5],"values":[1,1,1]} | x.json, training.optimizer.learningRate.boundaries[1]: boundaries must ascend; expected more than 10, received 5.
          training.optimizer.learningRate| {"type":"piecewise","boundaries":[10],"values":[1,1,1]}   | x.json, training.optimizer.learningRate.values: wrong number of values; expected 2, one more than boundaries, received 3.
          training.optimizer.learningRate| {"type":"piecewise","boundaries":[],"values":[1]}         | x.json, training.optimizer.learningRate.boundaries: wrong number of items; expected 1 to 1000, received 0.
          training.optimizer.learningRate| {"type":"piecewise","boundaries":[1],"values":[1,"a"]}    | x.json, training.optimizer.learningRate.values[1]: wrong type; expected a number from 0 to 1000000, received "a".
          training.optimizer.learningRate| {"type":"piecewise","boundaries":1,"values":[1,1]}        | x.json, training.optimizer.learningRate.boundaries: wrong type; expected a list, each item an integer from 1 to 1000000000, received 1.
          training.optimizer.learningRate| {"type":"cosine","peak":1,"warmupSteps":9,"totalSteps":9} | x.json, training.optimizer.learningRate.warmupSteps: the warm-up leaves no step for the rest; expected less than totalSteps 9, received 9.
          training.optimizer.learningRate| {"type":"exponential","initial":1,"decay":0.5,"floor":2}  | x.json, training.optimizer.learningRate.floor: above the value that it limits; expected at most initial 1.0, received 2.0.
          """)
  void saysWhatIsWrongAndWhere(String path, String json, String message) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Specs.read(Specs.with(path, json)))
        .withMessageStartingWith(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  /** Run folders of the first version have true and false there. */
  @ParameterizedTest
  @CsvSource({"false, OFF", "true, CELL", "'\"off\"', OFF", "'\"step\"', STEP", "'\"auto\"', AUTO"})
  void whatAnOlderVersionWroteIsRead(String json, XlaSpec meant) {
    assertThat(Specs.read(Specs.with("training.xla", json)).training().xla()).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                | x.json: not valid JSON (the text ends too early at line 1 column
          {"name": "a"                      | x.json: not valid JSON (the text ends too early at line 1 column
          {"name": "a",}                    | x.json: not valid JSON (at line 1 column
          {"name": "a"} {}                  | x.json: not valid JSON (at line 1 column
          {"name": "a" /* so */}            | x.json: not valid JSON (at line 1 column
          {name: "a"}                       | x.json: not valid JSON (at line 1 column
          {'name': 'a'}                     | x.json: not valid JSON (at line 1 column
          {"name": NaN}                     | x.json: not valid JSON (at line 1 column
          {"name": 01}                      | x.json: not valid JSON (at line 1 column
          {"data": {"a": 1, "a": 2}}        | x.json, data.a: the key 'a' stands here twice. Keep one of the two.
          []                                | x.json: not a specification; expected an object with the keys name, description, model, data, training, sample, received [].
          3                                 | x.json: not a specification
          """)
  void refusesWhatIsNotStrictJson(String text, String message) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecReader.read(ExperimentSpec.class, text, "x.json"))
        .withMessageStartingWith(message);
  }

  @Test
  void refusesAnAbyssOfBrackets() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecReader.read(ExperimentSpec.class, "[".repeat(500_000), "x.json"))
        .withMessageStartingWith("x.json: not valid JSON (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"100", "1e2", "100.0", "0.1e3"})
  void takesEveryWritingOfAnInteger(String json) {
    assertThat(Specs.read(Specs.with("training.batchSize", json)).training().batchSize())
        .isEqualTo(100);
  }

  @Test
  void aBareNumberIsAConstantScheduleAndAnIntervalInEpochs() {
    assertThat(Specs.read(Specs.with("training.optimizer.learningRate", "0.5")))
        .isEqualTo(
            Specs.read(
                Specs.with(
                    "training.optimizer.learningRate",
                    "{\"type\": \"constant\", \"value\": 0.5}")));
    assertThat(Specs.read(Specs.with("training.evaluateEvery", "4")).training().evaluateEvery())
        .isEqualTo(new IntervalSpec(4, null));
  }

  @Test
  void takesALearningRateOfZero() {
    String key = "training.optimizer.learningRate";
    assertThat(Specs.read(Specs.with(key, "0")).training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0));
    assertThat(
            Specs.read(
                    Specs.with(
                        key, "{\"type\":\"piecewise\",\"boundaries\":[9],\"values\":[0,0.1]}"))
                .training()
                .optimizer()
                .learningRate())
        .isEqualTo(new ScheduleSpec.Piecewise(List.of(9), List.of(0.0, 0.1)));
  }

  @Test
  void countsIntervalsInSteps() {
    assertThat(new IntervalSpec(3, null).inSteps(55)).isEqualTo(165);
    assertThat(new IntervalSpec(null, 7).inSteps(55)).isEqualTo(7);
    assertThat(Specs.read(Specs.smallest()).training().totalSteps(55)).isEqualTo(55);
  }

  @Test
  void holdsAProgramsRecordsAgainstTheSameLimits() {
    CheckpointsSpec good = new CheckpointsSpec(null, 1.5, 2);
    assertThat(SpecReader.check(good)).isSameAs(good);
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecReader.check(new CheckpointsSpec(null, null, 0)))
        .withMessageStartingWith("CheckpointsSpec, keep: out of range");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecReader.check(new CheckpointsSpec(null, Double.NaN, 1)))
        .withMessageStartingWith("CheckpointsSpec, everySeconds: out of range");
  }

  enum Axis {
    @SerializedName("rows")
    ROWS,
    @SerializedName("columns")
    COLUMNS
  }

  /** What later models will need and no present one has: enums, lists, records in themselves. */
  record Cell(
      @Doc("Axis") @Default("\"rows\"") Axis axis,
      @Doc("Sizes") @Default("[]") List<Integer> sizes,
      @Doc("Cell inside") @Default(Default.NONE) @Nullable Cell inner,
      @Doc("Cells") @Default("[]") List<Cell> stack,
      @Doc("Unlimited") @Default("-1e300") double free) {}

  @Test
  void readsEnumsListsAndRecordsInThemselves() {
    Cell cell =
        SpecReader.read(
            Cell.class,
            "{\"inner\": {\"axis\": \"columns\"}, \"stack\": [{\"sizes\": [1, 2]}]}",
            "c.json");
    Cell leaf = new Cell(Axis.COLUMNS, List.of(), null, List.of(), -1e300);
    Cell item = new Cell(Axis.ROWS, List.of(1, 2), null, List.of(), -1e300);
    assertThat(cell).isEqualTo(new Cell(Axis.ROWS, List.of(), leaf, List.of(item), -1e300));
    assertThat(SpecReader.read(Cell.class, SpecWriter.toJson(cell), "c.json")).isEqualTo(cell);
    assertThat(SchemaWriter.schemaFor(Cell.class)).contains("\"#/$defs/SpecReaderTest.Cell\"");
  }

  @Test
  void saysWhereInAListOfRecordsAndWhichEnumValueIsNear() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(
            () -> SpecReader.read(Cell.class, "{\"stack\": [{\"axis\": \"rosw\"}]}", "c.json"))
        .withMessage(
            "c.json, stack[0].axis: unknown value 'rosw'; expected one of rows, columns."
                + " Did you mean 'rows'?");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> SpecReader.read(Cell.class, "{\"sizes\": [9999999999]}", "c.json"))
        .withMessageStartingWith(
            "c.json, sizes[0]: out of range; expected an integer from -2147483648 to 2147483647");
  }
}
