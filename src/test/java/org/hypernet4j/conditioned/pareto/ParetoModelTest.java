// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.TwoDigitsBatch;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.ParetoModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a model of preferences computes, each picture by its own network. */
class ParetoModelTest {
  private static final String CONV =
      "model.network={\"type\":\"conv\",\"filters\":[2,3],\"kernelSize\":3,\"hidden\":[4]}";
  private static final List<float[]> PREFERENCES =
      List.of(
          new float[] {0.3f, 0.7f},
          new float[] {1, 0},
          new float[] {0, 1},
          new float[] {0.5f, 0.5009f},
          new float[] {0.92f, 0.08f});

  static List<List<String>> models() {
    return List.of(
        List.of(),
        List.of(CONV),
        List.of("model.generator={\"type\":\"chunked\",\"chunkSize\":500}"),
        List.of("model.generator={\"type\":\"separate\"}", "model.weights=[0.9,0.5,0.1]"),
        List.of(CONV, "model.generator={\"type\":\"plain\"}"));
  }

  private static TwoDigitsBatch pictures(int count) {
    return ParetoTaskTest.data().pictures().test().slice(0, count);
  }

  private static float[] get(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats();
  }

  private static Map<String, NpyArray> served(
      TestGraph test, Functions functions, TwoDigitsBatch pictures, List<float[]> preferences) {
    float[] flat = new float[2 * preferences.size()];
    for (int i = 0; i < preferences.size(); i++) {
      System.arraycopy(preferences.get(i), 0, flat, 2 * i, 2);
    }
    return functions.call(
        test.session,
        ServingSignature.DEFAULT_KEY,
        Map.of(
            ParetoModel.IMAGE,
            RayResult.images(pictures),
            ParetoModel.PREFERENCE,
            NpyArray.of(flat, preferences.size(), 2)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void networksOfEachPictureAreThoseOfALoop(List<String> settings) {
    ParetoModelSpec spec =
        ParetoFront.spec(ParetoTaskTest.spec(settings.toArray(String[]::new)).model());
    try (TestGraph test = new TestGraph()) {
      Functions functions = new ParetoModel(test.store, spec).functions();
      test.store.initialize(test.session);
      TwoDigitsBatch pictures = pictures(5);
      Map<String, NpyArray> all = served(test, functions, pictures, PREFERENCES);
      for (int i = 0; i < 5; i++) {
        TwoDigitsBatch one =
            new TwoDigitsBatch(
                Arrays.copyOfRange(pictures.pixels(), i * 1296, (i + 1) * 1296),
                new int[1],
                new int[1]);
        Map<String, NpyArray> alone =
            functions.call(
                test.session,
                ParetoModel.ONE,
                Map.of(
                    ParetoModel.IMAGE,
                    RayResult.images(one),
                    ParetoModel.PREFERENCE,
                    NpyArray.of(PREFERENCES.get(i), 2)));
        for (String name : List.of(ParetoModel.LOGITS, "probabilities")) {
          assertThat(Arrays.copyOfRange(get(all, name), 20 * i, 20 * i + 20))
              .as(name + " " + i)
              .containsExactly(get(alone, name), within(1e-5f));
        }
        assertThat(
                Arrays.copyOfRange(
                    Objects.requireNonNull(all.get("class")).longs(), 2 * i, 2 * i + 2))
            .isEqualTo(Objects.requireNonNull(alone.get("class")).longs());
      }
    }
  }

  @Test
  void aPreferenceOffTheSimplexIsAnsweredWithNanAndNoOtherRowChanges() {
    ParetoModelSpec spec = ParetoFront.spec(ParetoTaskTest.spec().model());
    try (TestGraph test = new TestGraph()) {
      Functions functions = new ParetoModel(test.store, spec).functions();
      test.store.initialize(test.session);
      List<float[]> mixed =
          List.of(
              new float[] {0.3f, 0.7f},
              new float[] {-0.1f, 1.1f},
              new float[] {0.3f, 0.702f},
              new float[] {Float.NaN, 0.5f},
              new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY},
              new float[] {0.92f, 0.08f});
      TwoDigitsBatch pictures = pictures(6);
      Map<String, NpyArray> answer = served(test, functions, pictures, mixed);
      List<float[]> good =
          mixed.stream().map(each -> each[0] == 0.92f ? each : mixed.get(0)).toList();
      Map<String, NpyArray> without = served(test, functions, pictures, good);
      for (String name : List.of(ParetoModel.LOGITS, "probabilities")) {
        float[] values = get(answer, name);
        for (int row = 0; row < 6; row++) {
          float[] own = Arrays.copyOfRange(values, 20 * row, 20 * row + 20);
          if (row == 0 || row == 5) {
            assertThat(own)
                .isEqualTo(Arrays.copyOfRange(get(without, name), 20 * row, 20 * row + 20));
          } else {
            for (float value : own) {
              assertThat(value).isNaN();
            }
          }
        }
      }
      long[] classes = Objects.requireNonNull(answer.get("class")).longs();
      assertThat(Arrays.copyOfRange(classes, 2, 10)).containsOnly(-1);
      assertThat(classes[0]).isNotNegative();
    }
  }

  @Test
  void resultsOfARayAreThoseOfItsScores() {
    LabelScores scores = new LabelScores();
    float[] logits = {9, 9, 0, 1, 2, 3};
    scores.add(logits, 2, 3, 1);
    scores.add(logits, 3, 3, 2);
    // -log softmax([0, 1, 2])[1] and -log softmax([1, 2, 3])[2], by hand
    double first = Math.log(1 + Math.exp(1) + Math.exp(2)) - 1;
    double second = Math.log(1 + Math.exp(-1) + Math.exp(-2));
    assertThat(scores.loss()).isCloseTo((first + second) / 2, within(1e-7));
    assertThat(scores.error()).isEqualTo(0.5);
    scores.add(new float[] {Float.NaN, 0, 0}, 0, 3, 0);
    assertThat(scores.loss()).isNaN();
    assertThat(scores.accuracy()).isCloseTo(1.0 / 3, within(1e-12));
  }
}
