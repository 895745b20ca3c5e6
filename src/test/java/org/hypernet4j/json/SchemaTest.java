// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.erosb.jsonsKema.JsonParser;
import com.github.erosb.jsonsKema.Schema;
import com.github.erosb.jsonsKema.SchemaLoader;
import com.github.erosb.jsonsKema.ValidationFailure;
import com.github.erosb.jsonsKema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.spec.ComparisonSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.spec.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

public class SchemaTest {
  private static final Schema SCHEMA =
      new SchemaLoader(new JsonParser(SchemaWriter.schemaFor(ExperimentSpec.class)).parse()).load();

  /** What an independent implementation of JSON Schema has against the text; null if nothing. */
  public static @Nullable ValidationFailure validate(String json) {
    return Validator.forSchema(SCHEMA).validate(new JsonParser(json).parse());
  }

  static List<Path> files() {
    return Specs.files();
  }

  @Test
  void theFileIsWhatTheRecordsSay() throws IOException {
    requireCurrent(ExperimentSpec.class, Specs.SCHEMA);
  }

  private static void requireCurrent(Class<? extends Record> type, Path file) throws IOException {
    String generated = SchemaWriter.schemaFor(type);
    if (Boolean.getBoolean("schema.update")) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file))
        .as("the records have changed; run: mvn test -Dtest=SchemaTest -Dschema.update=true")
        .isEqualTo(generated);
  }

  @Test
  void theSchemaOfComparisonsIsWhatTheRecordsSay() throws IOException {
    requireCurrent(ComparisonSpec.class, Specs.COMPARISON_SCHEMA);
  }

  @Test
  void everyFileNamesItsSchema() throws IOException {
    try (Stream<Path> all = Files.list(Specs.GRAPHS)) {
      assertThat(all.toList()).hasSize(Specs.files().size() + Specs.comparisons().size() + 2);
    }
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void everyComparisonSatisfiesItsSchemaAndTheReader(Path file) throws IOException {
    Schema schema =
        new SchemaLoader(new JsonParser(Files.readString(Specs.COMPARISON_SCHEMA)).parse()).load();
    assertThat(Validator.forSchema(schema).validate(new JsonParser(Files.readString(file)).parse()))
        .isNull();
    ComparisonSpec spec = SpecFiles.readComparison(file, List.of());
    assertThat(file).hasFileName(spec.name() + ".json");
    assertThat(spec.experiments()).hasSameSizeAs(spec.candidates());
  }

  static List<Path> comparisons() {
    return Specs.comparisons();
  }

  @Test
  void shipsAtLeastTheMnistPair() {
    assertThat(files())
        .contains(
            Specs.GRAPHS.resolve("mnist-hyper.json"), Specs.GRAPHS.resolve("mnist-plain.json"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileSatisfiesTheSchemaAndTheReader(Path file) throws IOException {
    assertThat(validate(Files.readString(file))).isNull();
    ExperimentSpec spec = SpecFiles.read(file, List.of());
    assertThat(file).hasFileName(spec.name() + ".json");
    assertThat(validate(SpecWriter.toJson(spec))).isNull();
    assertThat(validate(SpecWriter.toJson(spec.forSample()))).isNull();
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nmae                            | 1
          model.kernal2                   | {}
          model.kernel2.embedingsize      | 4
          training.batchSize              | ``
          training.batchSize              | 0
          training.batchSize              | 2.5
          training.batchSize              | 4294967297
          training.batchSize              | "100"
          training.batchSize              | null
          training.optimizer              | ``
          training.optimizer              | "adam"
          training.optimizer.type         | ``
          training.optimizer.type         | "adm"
          training.optimizer.learningRate | "fast"
          training.optimizer.learningRate | -0.1
          training.optimizer.beta1        | 1
          training.optimizer.epsilon      | 0
          training.optimizer.epsilon      | 1e-50
          training.optimizer.beta1        | 0.99999999
          training.gradientClip           | {"type":"value","value":1e-50}
          model.imageSize                 | 3
          training.optimizer.nesterov     | true
          training.epochs                 | ``
          training.steps                  | 5
          training.evaluateEvery          | {}
          training.evaluateEvery          | 0
          training.earlyStopping          | true
          sample                          | {"batchsize":1}
          data.augmentation.flip          | "yes"
          name                            | "../../etc"
          $schema                         | 1
          training.optimizer.learningRate | {"type":"piecewise","boundaries":[],"values":[1]}
          training.optimizer.learningRate | {"type":"piecewise","boundaries":[1],"values":[1,"a"]}
          """)
  void whatTheReaderRefusesForItsFormTheSchemaRefusesToo(String path, String json) {
    assertThat(validate(Specs.with(path, json).toString())).isNotNull();
  }

  @Test
  void givesEveryKeyItsMeaningAndDefault() {
    assertThat(SchemaWriter.schemaFor(ExperimentSpec.class))
        .contains("\"description\": \"Examples in one optimizer step\"")
        .contains("\"default\": 0.999")
        .contains("\"maximum\": 0.9999999")
        .contains("\"minimum\": 1E-30");
  }
}
