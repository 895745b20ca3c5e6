// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.SchemaTest;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageSpecTest {
  private static final String TEXT =
      """
      {"name": "small",
       "model": {"type": "language-model", "symbols": 65, "cell": %s},
       "data": %s,
       "training": {"epochs": 1, "batchSize": 10,
                    "optimizer": {"type": "adam", "learningRate": 0.001}},
       "sample": {"steps": 7, "batchSize": 3, "learningRate": 0.5, "evaluateEvery": 2}}
      """;
  private static final String LSTM = "{\"type\": \"lstm\", \"units\": 8}";

  private static ExperimentSpec read(String cell, String data) {
    return SpecReader.read(ExperimentSpec.class, TEXT.formatted(cell, data), "x.json");
  }

  @Test
  void whatIsLeftOutIsThePaper() {
    ExperimentSpec spec =
        read(
            """
            {"type": "hyper-lstm", "units": 8, "hyperUnits": 4, "embeddingSize": 2}
            """,
            "{\"type\": \"text\"}");

    assertThat(spec.model())
        .isEqualTo(
            new LanguageModelSpec(
                65,
                new CellSpec.HyperLstm(
                    8, 4, 2, true, true, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL),
                1,
                new KeepSpec(1, 1, 1, 1, 1)));
    assertThat(spec.data()).isEqualTo(new TextDataSpec(64, 0.05, 0.05));
    assertThat(read(LSTM, "{\"type\": \"bytes\"}").data())
        .isEqualTo(new BytesDataSpec(100, null, 0.05, 0.05));
    assertThat(read(LSTM, "{\"type\": \"ptb\"}").data()).isEqualTo(new PtbDataSpec(100));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type": "basic-rnn", "units": 8}
          {"type": "lstm", "units": 8, "layerNorm": true, "bias": false, "initializer": "reference"}
          {"type": "hyper-rnn", "units": 8, "hyperUnits": 4, "embeddingSize": 2}
          {"type": "hyper-rnn", "units": 8, "hyperUnits": 4, "embeddingSize": 2, "form": "generated"}
          {"type": "hyper-lstm", "units": 8, "hyperUnits": 4, "embeddingSize": 2, "epsilon": 1e-5}
          {"type": "gru", "units": 8, "layerNorm": true, "resetAfter": false}
          {"type": "hyper-gru", "units": 8, "hyperUnits": 4, "embeddingSize": 2, "layerNorm": false}
          """)
  void everyCellIsWrittenAndReadBack(String cell) {
    ExperimentSpec spec = read(cell, "{\"type\": \"text\"}");
    String json = SpecWriter.toJson(spec);
    assertThat(SpecReader.read(ExperimentSpec.class, json, "back.json")).isEqualTo(spec);
    assertThat(SchemaTest.validate(json)).isNull();
    JsonObject written =
        JsonParser.parseString(json)
            .getAsJsonObject()
            .getAsJsonObject("model")
            .getAsJsonObject("cell");
    JsonParser.parseString(cell)
        .getAsJsonObject()
        .asMap()
        .forEach((key, value) -> assertThat(written.get(key)).isEqualTo(value));
  }

  /** Without the user's own text the sample section applies, as it does for images. */
  @Test
  void theSampleSectionAppliesToTextToo() {
    ExperimentSpec sample = read(LSTM, "{\"type\": \"text\"}").forSample();

    assertThat(sample.training().steps()).isEqualTo(7);
    assertThat(sample.training().epochs()).isNull();
    assertThat(sample.training().batchSize()).isEqualTo(3);
    assertThat(sample.training().evaluateEvery()).isEqualTo(new IntervalSpec(2, null));
    assertThat(sample.training().optimizer().learningRate())
        .isEqualTo(new ScheduleSpec.Constant(0.5));
    assertThat(sample.data()).isEqualTo(new TextDataSpec(64, 0.05, 0.05));
    assertThat(sample.sample()).isNull();
  }

  @Test
  void settingsReachEveryPart() {
    ExperimentSpec spec =
        SpecFiles.read(
            Specs.GRAPHS.resolve("ptb-ln-hyperlstm-2layer.json"),
            List.of(
                "model.cell.units=64",
                "model.cell.initializer=reference",
                "model.keep.between=0.7",
                "data.type=bytes",
                "data.first=1000000"));

    LanguageModelSpec model = (LanguageModelSpec) spec.model();
    assertThat(model.cell().units()).isEqualTo(64);
    assertThat(model.keep()).isEqualTo(new KeepSpec(0.8, 0.8, 0.8, 1, 0.7));
    assertThat(((CellSpec.HyperLstm) model.cell()).initializer())
        .isEqualTo(CellSpec.Initializer.REFERENCE);
    assertThat(((BytesDataSpec) spec.data()).first()).isEqualTo(1_000_000);
  }

  @ParameterizedTest(name = "{0} with {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ptb-lstm-1000 | model.symbols=49            | model.symbols (from override): does not fit the data; expected at least 50 for the Penn Treebank, received 49.
          ptb-lstm-1000 | model.symbols=1             | model.symbols (from override): out of range; expected an integer from 2 to 65536
          ptb-lstm-1000 | model.keep.input=0          | out of range; expected a number from 0.001 to 1
          ptb-lstm-1000 | model.keep.input=1.1        | out of range; expected a number from 0.001 to 1
          ptb-lstm-1000 | model.keep.between=0.5      | model.keep.between (from override): the network has no place for this dropout; expected 1, or two layers or more, received 0.5. Leave 'keep.between' out.
          ptb-lstm-1000 | model.keep.hyperRecurrent=0.5 | expected 1, or a HyperLSTM or a HyperGRU, received 0.5
          ptb-lstm-1000 | model.cell.type=basic-rnn   | model.keep.recurrent: the network has no place for this dropout; expected 1, or an LSTM or a HyperLSTM
          ptb-lstm-1000 | model.cell.type=sru         | unknown type 'sru'; expected one of basic-rnn, lstm, hyper-rnn, hyper-lstm, gru, hyper-gru
          ptb-lstm-1000 | model.cell.initializer=orthgonal | unknown value 'orthgonal'; expected one of orthogonal, reference. Did you mean 'orthogonal'?
          ptb-lstm-1000 | model.cell.units=0          | out of range
          ptb-lstm-1000 | model.cell.epsilon=0        | out of range
          ptb-lstm-1000 | data.sequenceLength=0       | out of range
          ptb-lstm-1000 | data={"type":"mnist"}       | data.type (from override): a language model cannot learn from these data; expected text: ptb, bytes or text, received mnist.
          mnist-plain   | data={"type":"text"}        | data.type (from override): this network for images cannot learn from these data; expected mnist, received text.
          enwik8-lstm-1800 | data.testShare=0.95      | data.testShare (from override): validation and test leave nothing to learn from; expected less than 1 for both together, received 1.0.
          enwik8-lstm-1800 | data.validationShare=0   | out of range
          """)
  void saysWhatDoesNotFit(String file, String setting, String message) {
    assertThatThrownBy(() -> SpecFiles.read(Specs.GRAPHS.resolve(file + ".json"), List.of(setting)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }
}
