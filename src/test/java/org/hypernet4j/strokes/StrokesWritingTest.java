// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.spec.WindowSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that write a given text, called through their signatures. */
class StrokesWritingTest {
  private static final SmallStrokeModel MODEL =
      SmallStrokeModel.writing(WindowSpec.Form.GRAVES, WindowSpec.Stop.TEXT);
  private static final int K = 3;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static Map<String, NpyArray> call(
      SmallStrokeModel model, String key, Map<String, NpyArray> inputs) {
    return ReferenceCase.record(model.session.session(), model.signature(key), inputs).outputs();
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }

  private static NpyArray floats(float... values) {
    return NpyArray.of(values, values.length);
  }

  private static float[] of(Map<String, NpyArray> answer, String name) {
    return Objects.requireNonNull(answer.get(name), name).floats();
  }

  private static Map<String, NpyArray> withText(Map<String, NpyArray> inputs, int... labels) {
    Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
    all.put("text", NpyArray.of(labels, 1, labels.length));
    all.put("text_lengths", ints(labels.length));
    return all;
  }

  /** Points in units of the data. */
  private static float[] rows(int points) {
    float[] rows = new float[3 * points];
    for (int i = 0; i < points; i++) {
      rows[3 * i] = (float) (15 * Math.sin(1 + 2 * i));
      rows[3 * i + 1] = (float) (9 * Math.cos(1 - 3 * i));
      rows[3 * i + 2] = i % 3 == 2 ? 1 : 0;
    }
    return rows;
  }

  private static Map<String, NpyArray> stateOf(Map<String, NpyArray> answer) {
    Map<String, NpyArray> state = new LinkedHashMap<>(answer);
    state.keySet().removeIf(alias -> !alias.startsWith("state_"));
    return state;
  }

  /** Texts and drawings, padded with all sorts of numbers, score as each does alone. */
  @Test
  void nothingDependsOnWhatPadsATextOrADrawing() {
    float[] padded = new float[2 * 7 * 3];
    Arrays.fill(padded, Float.NaN);
    System.arraycopy(rows(7), 0, padded, 0, 21);
    System.arraycopy(rows(4), 0, padded, 21, 12);
    Map<String, NpyArray> both =
        call(
            MODEL,
            "score",
            Map.of(
                "points", NpyArray.of(padded, 2, 7, 3),
                "lengths", ints(7, 4),
                "text", NpyArray.of(new int[] {1, 2, 77, -5, 3, 4, 2, 0}, 2, 4),
                "text_lengths", ints(2, 4)));

    float first = alone(7, 1, 2);
    float second = alone(4, 3, 4, 2, 0);

    assertThat(of(both, "nats")).usingComparatorWithPrecision(1e-4f).containsExactly(first, second);
    assertThat(alone(7, 1, 3)).isNotEqualTo(first);
    assertThat(alone(7, 1, 2, 2)).isNotEqualTo(first);
  }

  private static float alone(int points, int... text) {
    Map<String, NpyArray> inputs =
        Map.of("points", NpyArray.of(rows(points), 1, points, 3), "lengths", ints(points));
    return of(call(MODEL, "score", withText(inputs, text)), "nats")[0];
  }

  @ParameterizedTest
  @EnumSource(WindowSpec.Form.class)
  void stepByStepIsTheWholeDrawing(WindowSpec.Form form) {
    try (SmallStrokeModel model = SmallStrokeModel.writing(form, WindowSpec.Stop.TEXT)) {
      int[] text = {3, 0, 4};
      float[] rows = rows(6);
      Map<String, NpyArray> whole =
          call(
              model,
              "serving_default",
              withText(Map.of("points", NpyArray.of(rows, 1, 6, 3)), text));
      double[][] alignment = new double[7][];
      Map<String, NpyArray> answer =
          call(
              model,
              "initial_state",
              withText(Map.of("point", NpyArray.of(new float[3], 1, 3)), text));
      for (int t = 0; t <= 6; t++) {
        for (String name : whole.keySet()) {
          float[] all = of(whole, name);
          int size = all.length / 7;
          assertThat(of(answer, name))
              .as("%s, point %s", name, t)
              .usingComparatorWithPrecision(1e-3f) // of units of the data
              .containsExactly(Arrays.copyOfRange(all, t * size, (t + 1) * size));
        }
        alignment[t] = phi(answer, text.length, form);
        if (t < 6) {
          Map<String, NpyArray> step = stateOf(answer);
          step.put("point", NpyArray.of(Arrays.copyOfRange(rows, 3 * t, 3 * t + 3), 1, 3));
          answer = call(model, "step", withText(step, text));
        }
      }
      float[] traced =
          of(
              call(model, "trace", withText(Map.of("points", NpyArray.of(rows, 1, 6, 3)), text)),
              "alignment");
      assertThat(traced).hasSize(6 * 3);
      for (int t = 0; t < 6; t++) {
        for (int u = 0; u < 3; u++) {
          assertThat((double) traced[3 * t + u])
              .as("character %s at point %s", u, t)
              .isCloseTo(alignment[t][u], within(1e-4 * (1 + alignment[t][u])));
        }
      }
    }
  }

  /**
   * Section 10 of the specification, in double: the weight of each of U characters, and of the
   * place behind the last, from the parts of the state.
   */
  private static double[] phi(Map<String, NpyArray> state, int characters, WindowSpec.Form form) {
    float[] alpha = of(state, "state_window_alpha");
    float[] beta = of(state, "state_window_beta");
    float[] kappa = of(state, "state_window_kappa");
    double[] phi = new double[characters + 1];
    for (int u = 0; u <= characters; u++) {
      int position = form == WindowSpec.Form.GRAVES ? u + 1 : u;
      for (int k = 0; k < K; k++) {
        double square = Math.pow(kappa[k] - (double) position, 2);
        double exponent = form == WindowSpec.Form.VASQUEZ ? square / beta[k] : square * beta[k];
        phi[u] += alpha[k] * Math.exp(-exponent);
      }
    }
    return phi;
  }

  /**
   * Temperature 0 draws what the densities of each step make likeliest, from the points that a
   * drawing begins with on, until the window is behind the text, and lifted where that is asked
   * for.
   */
  @ParameterizedTest
  @EnumSource(WindowSpec.Stop.class)
  void samplesFollowTheStepsUntilTheTextIsSaid(WindowSpec.Stop stop) {
    try (SmallStrokeModel model = SmallStrokeModel.writing(WindowSpec.Form.GRAVES, stop)) {
      List<Integer> made = new ArrayList<>();
      double lifts = 0;
      for (int[] text : new int[][] {{1}, {2, 4, 3}, {0, 1, 2, 3, 4, 1, 2}}) {
        for (int primed : new int[] {0, 2}) {
          for (int count : new int[] {3, 40}) {
            List<float[]> expected = new ArrayList<>();
            boolean ended = drawn(model, text, primed, count, stop, expected);
            Map<String, NpyArray> answer =
                call(
                    model,
                    "sample",
                    withText(
                        Map.of(
                            "prime", NpyArray.of(rows(4), 1, 4, 3),
                            "prime_lengths", ints(primed),
                            "count", ints(count),
                            "temperature", floats(0f),
                            "bias", floats(0f),
                            "seed", NpyArray.of(new long[] {5}, 1)),
                        text));
            String what = Arrays.toString(text) + " after " + primed + ", of " + count;
            float[] points = of(answer, "points");
            assertThat(points.length).as(what).isEqualTo(3 * expected.size());
            for (int i = 0; i < expected.size(); i++) {
              assertThat(Arrays.copyOfRange(points, 3 * i, 3 * i + 3))
                  .as(what + ", point " + i)
                  .usingComparatorWithPrecision(2e-2f) // errors of the points before add up
                  .containsExactly(expected.get(i));
            }
            assertThat(Objects.requireNonNull(answer.get("ended")).bytes()[0])
                .as(what)
                .isEqualTo((byte) (ended ? 1 : 0));
            made.add(expected.size());
            lifts += expected.stream().mapToDouble(point -> point[2]).sum();
          }
        }
      }
      assertThat(lifts).isBetween(5.0, made.stream().mapToInt(n -> n).sum() - 5.0);
      assertThat(made).contains(3); // of those that the count ended
      assertThat(made.stream().distinct().count()).isGreaterThan(3);
    }
  }

  /** Returns whether the text has ended the drawing. */
  private static boolean drawn(
      SmallStrokeModel model,
      int[] text,
      int primed,
      int count,
      WindowSpec.Stop stop,
      List<float[]> points) {
    Map<String, NpyArray> answer =
        call(
            model,
            "initial_state",
            withText(Map.of("point", NpyArray.of(new float[3], 1, 3)), text));
    float[] current = {0, 0, 1}; // the start token
    for (int t = 0; t < primed + count; t++) {
      if (t >= primed) {
        double[] phi = phi(answer, text.length, WindowSpec.Form.GRAVES);
        double most = Arrays.stream(phi, 0, text.length).max().orElseThrow();
        if (phi[text.length] > most && (stop == WindowSpec.Stop.TEXT || current[2] == 1)) {
          return true;
        }
        float[] pi = of(answer, "pi");
        int likeliest = pi[0] >= pi[1] ? 0 : 1;
        float[] mu = of(answer, "mu");
        current =
            new float[] {
              mu[2 * likeliest], mu[2 * likeliest + 1], of(answer, "pen")[0] > 0.5 ? 1 : 0
            };
        points.add(current);
      } else {
        current = Arrays.copyOfRange(rows(4), 3 * t, 3 * t + 3);
      }
      Map<String, NpyArray> step = stateOf(answer);
      step.put("point", NpyArray.of(current, 1, 3));
      answer = call(model, "step", withText(step, text));
    }
    return false;
  }

  /** Nobody's text is said at once. */
  @Test
  void anEmptyTextEndsBeforeTheFirstPoint() {
    Map<String, NpyArray> answer =
        call(
            MODEL,
            "sample",
            withText(
                Map.of(
                    "prime", NpyArray.of(new float[0], 1, 0, 3),
                    "prime_lengths", ints(0),
                    "count", ints(9),
                    "temperature", floats(1f),
                    "bias", floats(0f),
                    "seed", NpyArray.of(new long[] {5}, 1))));
    assertThat(Objects.requireNonNull(answer.get("lengths")).ints()).containsExactly(0);
    assertThat(Objects.requireNonNull(answer.get("ended")).bytes()).containsExactly((byte) 1);
  }

  @Test
  void anExportIsVerifiedAndWritesTheSame() throws IOException {
    ExportResult result = Exporter.export(MODEL.request("writing", folder));
    assertThat(result.report().verified()).isTrue();
    assertThat(result.maxAbsDifference()).isLessThanOrEqualTo(1e-4);
    Path extra = result.versionFolder().resolve("assets.extra");
    String file = Files.readString(extra.resolve("vocabulary.json"));
    assertThat(Vocabulary.fromJson(JsonParser.parseString(file), "file"))
        .isEqualTo(SmallStrokeModel.CHARACTERS);
    assertThat(
            JsonParser.parseString(Files.readString(extra.resolve("manifest.json")))
                .getAsJsonObject()
                .getAsJsonObject("guide")
                .get("vocabulary"))
        .isEqualTo(
            JsonParser.parseString(
                "{\"file\": \"assets.extra/vocabulary.json\", \"kind\": \"characters\","
                    + " \"size\": 6, \"rest\": 5}"));

    PenDrawing drawing = PenDrawing.of("drawing", rows(6));
    try (StrokesModel exported = StrokesModel.open(result.versionFolder());
        StrokesModel session = opened()) {
      assertThat(exported.properties().vocabulary()).isEqualTo(SmallStrokeModel.CHARACTERS);
      assertThat(exported.properties().ends()).isTrue();
      assertThat(exported.properties().traced()).isFalse();
      List<SampleRequest> requests =
          List.of(
              SampleRequest.of(drawing, 30, 1, 0, 1).withText("a dab"),
              SampleRequest.of(null, 30, 0.5f, 1, 2).withText("c"));
      List<StrokesModel.Sample> samples = exported.sample(requests);
      assertThat(samples.get(0).primed()).isEqualTo(6);
      for (int i = 0; i < 2; i++) {
        PenDrawing own = Objects.requireNonNull(session.sample(requests).get(i).whole());
        assertThat(Objects.requireNonNull(samples.get(i).whole()).rows())
            .usingComparatorWithPrecision(1e-2f)
            .containsExactly(own.rows());
      }
      // "bc" are the labels 2 and 3
      assertThat(exported.score(List.of(drawing), List.of("bc")).get(0).nats())
          .isCloseTo(alone(6, 2, 3), within(1e-3));
      double[][] alignment = exported.alignment(drawing, "bcd");
      assertThat(alignment).hasDimensions(3, 6);
      assertThat(alignment[0][0]).isPositive();
    }
  }

  @Test
  void countsDrawingsOfTheTextWhereThereAreNoData() {
    SketchSettings settings =
        new SketchSettings(List.of(1f), 1, 0, 1, 20, null, null, null, 5).withText("ab", null);
    try (StrokesModel model = opened()) {
      assertThat(new SketchBook(model, settings).draw(folder.resolve("drawn")).lines())
          .anyMatch(line -> line.startsWith("5 drawings at temperature 1: "));
    }
  }

  private static StrokesModel opened() {
    return StrokesModel.of(
        MODEL.session.session(),
        MODEL.signatures,
        () -> {},
        new StrokesModel.Properties(
            "small", null, true, 0, false, MODEL.scaling, SmallStrokeModel.CHARACTERS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab!", "aX", "\uD83D\uDE00"})
  void refusesCharactersThatTheModelLacks(String text) {
    try (StrokesModel model = opened()) {
      assertThatThrownBy(
              () -> model.sample(List.of(SampleRequest.of(null, 9, 1, 0, 1).withText(text))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the model never learnt to write character")
          .hasMessageContaining("expected one of ' abcd'");
    }
  }

  @Test
  void refusesNoTextAnEmptyOneAndOneThatIsTooLong() {
    PenDrawing drawing = PenDrawing.of("drawing", rows(6));
    try (StrokesModel model = opened()) {
      assertThatThrownBy(() -> model.sample(List.of(SampleRequest.of(null, 9, 1, 0, 1))))
          .hasMessageContaining("the model must be told what to write");
      assertThatThrownBy(() -> model.score(List.of(drawing)))
          .hasMessageContaining("the model must be told what to write");
      assertThatThrownBy(() -> model.score(List.of(drawing), List.of("")))
          .hasMessageContaining("the text is empty");
      assertThatThrownBy(() -> model.score(List.of(drawing), List.of("a".repeat(1001))))
          .hasMessageContaining("the text is too long")
          .hasMessageContaining("expected at most 1000 characters, received 1001");
    }
  }

  @Test
  void aModelWithoutAWindowRefusesAText() {
    try (SmallStrokeModel stack = SmallStrokeModel.stack();
        StrokesModel model =
            StrokesModel.of(
                stack.session.session(),
                stack.signatures,
                () -> {},
                new StrokesModel.Properties("small", null, false, 0, false, stack.scaling, null))) {
      assertThatThrownBy(
              () -> model.sample(List.of(SampleRequest.of(null, 9, 1, 0, 1).withText("a"))))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the model cannot be told what to write")
          .hasMessageContaining("expected a model trained with model.window, received 'small'");
    }
  }
}
