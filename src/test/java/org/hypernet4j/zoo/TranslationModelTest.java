// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltTranslationModel.HYPER_LSTM;
import static org.hypernet4j.zoo.BuiltTranslationModel.INPUTS;
import static org.hypernet4j.zoo.BuiltTranslationModel.LSTM;
import static org.hypernet4j.zoo.BuiltTranslationModel.SOURCE;
import static org.hypernet4j.zoo.BuiltTranslationModel.SOURCE_LENGTHS;
import static org.hypernet4j.zoo.BuiltTranslationModel.TARGET_LENGTHS;
import static org.hypernet4j.zoo.BuiltTranslationModel.V;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.spec.TranslationModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class TranslationModelTest {
  /** Column by column, as a server does it: the same numbers as all steps in scans. */
  @ParameterizedTest
  @CsvSource({"gnmt, encoder, 3", "gnmt-v2, encoder, 3", "gnmt-v2, zeros, 1", "gnmt, zeros, 2"})
  void stepsGiveWhatScansGive(String context, String start, int layers) {
    try (BuiltTranslationModel built =
        new BuiltTranslationModel(
            HYPER_LSTM,
            layers,
            "\"context\": \"" + context + "\"",
            "\"start\": \"" + start + "\"")) {
      TranslationModel.Encoded encoded = built.encoded();
      TranslationModel.Written written = built.written(encoded);
      float[] whole = built.fetch(built.logits(written));
      float[] aligned = built.fetch(built.model.alignments(built.tf, encoded, written.queries()));
      List<Operand<TFloat32>> state = encoded.state();
      for (int t = 0; t < INPUTS[0].length; t++) {
        int[] tokens = {INPUTS[0][t], INPUTS[1][t], INPUTS[2][t]};
        DecoderStep.Result step =
            built.model.step(
                built.tf, encoded.memory(), built.tf.constant(tokens), List.copyOf(state));
        List<float[]> fetched = built.fetchAll(List.of(step.logits(), step.alignments()));
        for (int row = 0; row < tokens.length; row++) {
          if (t >= TARGET_LENGTHS[row]) {
            continue; // past its end a sequence keeps its state in a scan
          }
          for (int v = 0; v < V; v++) {
            assertThat(fetched.get(0)[row * V + v])
                .isCloseTo(whole[(t * tokens.length + row) * V + v], within(2e-5f));
          }
          for (int s = 0; s < SOURCE[0].length; s++) {
            float weight = fetched.get(1)[row * SOURCE[0].length + s];
            assertThat(weight)
                .isCloseTo(
                    aligned[(row * INPUTS[0].length + t) * SOURCE[0].length + s], within(2e-6f));
            assertThat(weight == 0f).isEqualTo(s >= SOURCE_LENGTHS[row]);
          }
        }
        state = new ArrayList<>(step.state());
      }
    }
  }

  /** Central differences of the loss by every parameter, along a random direction of each. */
  @ParameterizedTest
  @ValueSource(strings = {LSTM, HYPER_LSTM})
  void theGradientIsThatOfFiniteDifferences(String cell) {
    try (BuiltTranslationModel built =
        new BuiltTranslationModel(cell, 3, "\"labelSmoothing\": 0.1", "\"context\": \"gnmt\"")) {
      Operand<TFloat32> loss = built.loss(1, 1);
      List<Parameter> parameters = built.store.trainables();
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, parameters);
      List<float[]> slopes =
          built.fetchAll(
              parameters.stream().map(gradients::get).map(Objects::requireNonNull).toList());
      Map<String, float[]> values = ParameterValues.read(built.session, built.store.model());
      Random random = new Random(5);
      for (int i = 0; i < parameters.size(); i++) {
        String name = parameters.get(i).name();
        float[] kept = Objects.requireNonNull(values.get(name)).clone();
        double expected = 0;
        double[] direction = new double[kept.length];
        for (int j = 0; j < kept.length; j++) {
          direction[j] = random.nextBoolean() ? 1 : -1;
          expected += direction[j] * slopes.get(i)[j];
        }
        double h = 2e-3 / Math.sqrt(kept.length);
        double[] ends = new double[2];
        for (int side = 0; side < 2; side++) {
          float[] moved = kept.clone();
          for (int j = 0; j < moved.length; j++) {
            moved[j] += (float) ((side == 0 ? h : -h) * direction[j]);
          }
          values.put(name, moved);
          ParameterValues.assign(built.session, built.store, values);
          ends[side] = built.fetch(loss)[0];
        }
        values.put(name, kept);
        double slope = (ends[0] - ends[1]) / (2 * h);
        // float32 losses near 7: a rounding of 5e-7 over 2 h
        assertThat(slope).as(name).isCloseTo(expected, within(2e-3 + 1e-6 / h));
      }
    }
  }

  /** What stands behind a sentence's end is not looked at, by either side. */
  @Test
  void paddingHasNoInfluence() {
    try (BuiltTranslationModel built = new BuiltTranslationModel(HYPER_LSTM, 2)) {
      int[][] source = {{4, 5, 6, 7}, {8, 4, 7, 3}, {5, 8, 8, 8}};
      int[][] inputs = {{1, 5, 7}, {1, 6, 8}, {1, 8, 4}};
      TranslationModel.Encoded other =
          built.model.encode(
              built.tf, built.tf.constant(source), built.tf.constant(SOURCE_LENGTHS), null);
      Operand<TFloat32> one =
          loss(built, built.written(built.encoded()), BuiltTranslationModel.TARGETS);
      Operand<TFloat32> two =
          loss(
              built,
              built.model.write(
                  built.tf,
                  other,
                  built.tf.constant(inputs),
                  built.tf.constant(TARGET_LENGTHS),
                  null),
              new int[][] {{5, 7, 2}, {6, 2, 8}, {8, 4, 2}});
      assertThat(built.fetch(two)[0]).isEqualTo(built.fetch(one)[0]);
    }
  }

  private static Operand<TFloat32> loss(
      BuiltTranslationModel built, TranslationModel.Written written, int[][] targets) {
    return built
        .model
        .loss(built.tf, written, built.tf.constant(targets), built.tf.constant(TARGET_LENGTHS), 0f)
        .nats();
  }

  /** Cross entropy and smoothing in plain double arithmetic from the logits. */
  @Test
  void theLossIsThatOfItsDefinition() {
    try (BuiltTranslationModel built = new BuiltTranslationModel(LSTM, 2)) {
      TranslationModel.Written written = built.written(built.encoded());
      float[] logits = built.fetch(built.logits(written));
      double nats = 0;
      double smoothed = 0;
      double eps = 0.2;
      int pieces = 0;
      for (int row = 0; row < 3; row++) {
        for (int t = 0; t < TARGET_LENGTHS[row]; t++) {
          double[] scores = new double[V];
          double sum = 0;
          for (int v = 0; v < V; v++) {
            scores[v] = logits[(t * 3 + row) * V + v];
            sum += Math.exp(scores[v]);
          }
          double mean = 0;
          for (double score : scores) {
            mean += (Math.log(sum) - score) / V;
          }
          double own = Math.log(sum) - scores[BuiltTranslationModel.TARGETS[row][t]];
          nats += own;
          smoothed += (1 - eps) * own + eps * mean;
          pieces++;
        }
      }
      TranslationLoss loss =
          built.model.loss(
              built.tf,
              written,
              built.tf.constant(BuiltTranslationModel.TARGETS),
              built.tf.constant(TARGET_LENGTHS),
              (float) eps);
      List<float[]> fetched = built.fetchAll(loss.all());
      assertThat(fetched.get(0)[0]).isCloseTo((float) smoothed, within(2e-5f));
      assertThat(fetched.get(1)[0]).isCloseTo((float) nats, within(2e-5f));
      assertThat(fetched.get(2)[0]).isEqualTo(pieces);
      assertThat(built.fetch(loss.perSentence(built.tf))[0])
          .isCloseTo((float) smoothed / 3, within(1e-5f));
      assertThat(built.fetch(loss.perPiece(built.tf))[0])
          .isCloseTo((float) smoothed / pieces, within(1e-5f));
    }
  }

  /** Dropout is a function of seed and step. */
  @Test
  void dropoutIsAFunctionOfSeedAndStep() {
    try (BuiltTranslationModel built =
        new BuiltTranslationModel(HYPER_LSTM, 2, "\"keep\": {\"input\": 0.5, \"output\": 0.7}")) {
      float first = built.fetch(built.loss(1, 1))[0];
      assertThat(built.fetch(built.loss(1, 1))[0]).isEqualTo(first);
      assertThat(built.fetch(built.loss(1, 2))[0]).isNotEqualTo(first);
      assertThat(built.fetch(built.loss(2, 1))[0]).isNotEqualTo(first);
    }
  }

  @Test
  void beamsOfABatchAreThoseOfItsSentences() {
    try (BuiltTranslationModel built = new BuiltTranslationModel(HYPER_LSTM, 2)) {
      BeamSearch.Beams all = search(built, built.encoded());
      int time = built.ints(all.ids()).length / 3 / 3;
      int[] ids = built.ints(all.ids());
      float[] scores = built.fetch(all.scores());
      for (int row = 0; row < 3; row++) {
        int length = SOURCE_LENGTHS[row];
        int[][] alone = {Arrays.copyOf(SOURCE[row], length)};
        BeamSearch.Beams one =
            search(
                built,
                built.model.encode(
                    built.tf,
                    built.tf.constant(alone),
                    built.tf.constant(new int[] {length}),
                    null));
        int[] own = built.ints(one.ids());
        int ownTime = own.length / 3;
        for (int k = 0; k < 3; k++) {
          for (int t = 0; t < time; t++) {
            int id = t < ownTime ? own[k * ownTime + t] : 0;
            assertThat(ids[(row * 3 + k) * time + t]).isEqualTo(id);
          }
        }
        float[] ownScores = built.fetch(one.scores());
        for (int k = 0; k < 3; k++) {
          assertThat(scores[row * 3 + k]).isCloseTo(ownScores[k], within(1e-5f));
        }
      }
    }
  }

  private static BeamSearch.Beams search(
      BuiltTranslationModel built, TranslationModel.Encoded encoded) {
    Operand<TInt32> limit = built.tf.math.mul(encoded.lengths(), built.tf.constant(2));
    return BeamSearch.search(
        built.tf,
        new BeamSettings(3, 0.6f, 0.1f, 1, 2, 0),
        built.model.searching(encoded),
        V,
        encoded.lengths(),
        limit);
  }

  /** The formula of the paper's specification, section 9, and of translation models, section 2. */
  @Test
  void theParametersAreThoseOfTheFormula() {
    String hyperLstm =
        "{\"type\": \"hyper-lstm\", \"units\": 256, \"hyperUnits\": 64, \"embeddingSize\": 16}";
    String lstm = LSTM.replace("5", "256");
    assertThat(count(hyperLstm, 2)).isEqualTo(8_899_585);
    assertThat(count(hyperLstm, 4)).isEqualTo(12_506_113);
    assertThat(count(lstm, 2)).isEqualTo(7_648_257);
    assertThat(count(lstm, 4)).isEqualTo(10_279_937);
  }

  private static long count(String cell, int layers) {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      TranslationModelSpec spec =
          SpecReader.read(
              TranslationModelSpec.class,
              "{\"pieces\": 8000, \"embeddingSize\": 256, \"cell\": "
                  + cell
                  + ", \"encoderLayers\": "
                  + layers
                  + ", \"decoderLayers\": "
                  + layers
                  + "}",
              "test.json");
      SpecTranslation.model(store.root(), spec);
      return ParameterStore.count(store.model());
    }
  }

  @Test
  void refusesSettingsThatDoNotFit() {
    assertThatThrownBy(() -> BuiltTranslationModel.spec(LSTM, 2, "\"decoderLayers\": 3"))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> BuiltTranslationModel.spec(LSTM, 2, "\"keep\": {\"between\": 0.5}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("keep.input");
    assertThatThrownBy(
            () ->
                BuiltTranslationModel.spec(
                    LSTM, 2, "\"attention\": {\"score\": \"multiplicative\", \"units\": 7}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("as wide as the query");
  }
}
