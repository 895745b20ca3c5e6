// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.publish.SmallModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;

/** Records as inputs and outputs, against calls by arrays of the same model. */
@SuppressWarnings("ArrayRecordComponent") // as users write them
class TypedPredictorTest {
  @TempDir static Path folder;
  private static final Path FOREIGN = Path.of("src/test/resources/export/foreign");
  private static Predictor model;

  record Image(float @Nullable [] image) {}

  record Deep(float[][][] image) {}

  private record Answer(float[] logits, @Named("class") long digit) {}

  record OnlyClass(@Named("class") Long digit) {}

  @BeforeAll
  static void export() {
    model =
        Predictor.open(Exporter.export(SmallModel.request(folder.resolve("m"))).versionFolder());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static float[] pixels(int seed) {
    float[] pixels = new float[32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(seed * 32 + i);
    }
    return pixels;
  }

  private static Map<String, NpyArray> byArrays(int seed) {
    return model.predict(Map.of("image", NpyArray.of(pixels(seed), 1, 4, 4, 2)));
  }

  private static void assertIs(Answer answer, int seed) {
    Map<String, NpyArray> expected = byArrays(seed);
    assertThat(answer.logits())
        .usingComparatorWithPrecision(1e-5f) // rows of a batch are rounded in another order
        .containsExactly(Objects.requireNonNull(expected.get("logits")).floats());
    assertThat(answer.digit()).isEqualTo(Objects.requireNonNull(expected.get("class")).longs()[0]);
  }

  @Test
  void oneRecordAndMany() {
    TypedPredictor<Image, Answer> typed = model.typed(Image.class, Answer.class);
    assertThat(typed.predict(new Image(pixels(1))).logits())
        .isEqualTo(Objects.requireNonNull(byArrays(1).get("logits")).floats());
    List<Answer> answers =
        typed.predict(List.of(new Image(pixels(2)), new Image(pixels(3)), new Image(pixels(4))));
    assertThat(answers).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertIs(answers.get(i), 2 + i);
    }
    assertThat(typed.predict(List.of())).isEmpty();
    // each has arrays of its own
    answers.get(0).logits()[0] = 99;
    assertIs(answers.get(1), 3);
  }

  @Test
  void nestedArraysAreTheSameRow() {
    float[] flat = pixels(5);
    float[][][] nested = new float[4][4][2];
    for (int i = 0; i < 32; i++) {
      nested[i / 8][i / 2 % 4][i % 2] = flat[i];
    }
    TypedPredictor<Deep, OnlyClass> typed = model.typed(Deep.class, OnlyClass.class);
    long expected = Objects.requireNonNull(byArrays(5).get("class")).longs()[0];
    assertThat(typed.predict(new Deep(nested))).isEqualTo(new OnlyClass(expected));

    nested[2][3] = new float[3];
    assertThatThrownBy(() -> typed.predict(new Deep(nested)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("record Deep, component 'image'")
        .hasMessageContaining("its inner arrays differ in length");
    assertThatThrownBy(() -> typed.predict(new Deep(new float[4][4][3])))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected [4, 4, 2], received [4, 4, 3]");
    assertThatThrownBy(() -> typed.predict(new Deep(new float[4][][])))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("component 'image'");
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    TypedPredictor<Image, Answer> typed = model.typed(Image.class, Answer.class);
    assertThatThrownBy(() -> typed.predict(new Image(new float[31])))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "record Image, component 'image': it has the wrong length; expected 32 for [4, 4, 2],"
                + " received 31");
    assertThatThrownBy(() -> typed.predict(new Image(null)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is null");
    assertThatThrownBy(() -> typed.predict(List.of(new Image(pixels(1)), new Image(new float[33]))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 33");
  }

  record Picture(float[] picture) {}

  record Extra(float[] image, int more) {}

  record Wide(double[] image) {}

  record Boxes(Float[] image) {}

  record Cube(float[][] image) {}

  record Whole(float[] logits, @Named("class") long[] digit) {}

  record Narrow(@Named("class") int digit) {}

  record Twice(@Named("logits") float[] a, @Named("logits") float[] b) {}

  record Nothing() {}

  /** All of it is said when the records are named, not at the first call. */
  @Test
  void recordsThatDoNotFitAreRefusedAtOnce() {
    assertUnfit(Picture.class, Answer.class, "expected [image], received [picture]");
    assertUnfit(Extra.class, Answer.class, "expected [image], received [image, more]");
    assertUnfit(
        Wide.class,
        Answer.class,
        "record Wide, component 'image': its type cannot hold a row of the tensor; expected"
            + " [4, 4, 2] as float[] or float[][][], received double[] for DT_FLOAT [-1, 4, 4, 2]");
    assertUnfit(Boxes.class, Answer.class, "received Float[]");
    assertUnfit(Cube.class, Answer.class, "received float[][]");
    assertUnfit(Image.class, Whole.class, "expected long, received long[] for DT_INT64 [-1]");
    assertUnfit(Image.class, Narrow.class, "expected long, received int");
    assertUnfit(Image.class, Twice.class, "two components are named 'logits'");
    assertUnfit(Image.class, Nothing.class, "expected some of [class, logits], received []");
    assertUnfit(Image.class, Picture.class, "expected some of [class, logits]");
    assertThatThrownBy(() -> model.typed("none", Image.class, Answer.class))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no signature 'none'");
  }

  private static void assertUnfit(
      Class<? extends Record> in, Class<? extends Record> out, String message) {
    assertThatThrownBy(() -> model.typed(in, out))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  record Features(float[] features) {}

  @Test
  void anotherSignatureByItsKey() {
    float[] expected =
        Objects.requireNonNull(
                model
                    .predict("features", Map.of("image", NpyArray.of(pixels(1), 1, 4, 4, 2)))
                    .get("features"))
            .floats();
    assertThat(
            model
                .typed("features", Image.class, Features.class)
                .predict(new Image(pixels(1)))
                .features())
        .isEqualTo(expected);
  }

  record Text(@Nullable String text) {}

  record Id(long ids) {}

  record Doubled(float[] y) {}

  record Fixed(float[] x) {}

  record Half(float x) {}

  record Line(float y) {}

  /** Expected: printed by make_models.py beside the models. */
  @Test
  void othersModels() {
    try (Predictor words = Predictor.open(FOREIGN.resolve("words"))) {
      TypedPredictor<Text, Id> typed = words.typed("ids", Text.class, Id.class);
      assertThat(typed.predict(List.of(new Text("sat"), new Text("cat"), new Text("dög"))))
          .containsExactly(new Id(2), new Id(41), new Id(-1));
      assertThatThrownBy(() -> typed.predict(new Text(null)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("it is null");
    }
    try (Predictor half = Predictor.open(FOREIGN.resolve("half_plus_two"))) {
      // [?, 1]: one element a row
      assertThat(half.typed(Half.class, Line.class).predict(List.of(new Half(1), new Half(5))))
          .containsExactly(new Line(2.5f), new Line(4.5f));
    }
    try (Predictor fixed = Predictor.open(FOREIGN.resolve("no_variables"))) {
      // [1, 3] has no open batch: a record is the whole call
      TypedPredictor<Fixed, Doubled> typed = fixed.typed(Fixed.class, Doubled.class);
      List<Doubled> answers =
          typed.predict(
              List.of(new Fixed(new float[] {1, 2, 3}), new Fixed(new float[] {4, 5, 6})));
      assertThat(answers.get(0).y()).containsExactly(2, 4, 6);
      assertThat(answers.get(1).y()).containsExactly(8, 10, 12);
    }
  }

  record Everything(
      double[] d, int[][] i, long l, Boolean b, byte[] u, float[] open, double[][][][] deep) {}

  /** A servable that answers what it was asked: every type of element, row by row. */
  @Test
  void everyTypeOfElement() {
    Map<String, TensorDescription> tensors = new LinkedHashMap<>();
    tensors.put("d", new TensorDescription(DataType.DT_DOUBLE, new long[] {-1, 2}));
    tensors.put("i", new TensorDescription(DataType.DT_INT32, new long[] {-1, 2, -1}));
    tensors.put("l", new TensorDescription(DataType.DT_INT64, new long[] {-1}));
    tensors.put("b", new TensorDescription(DataType.DT_BOOL, new long[] {-1, 1}));
    tensors.put("u", new TensorDescription(DataType.DT_UINT8, new long[] {-1, 3}));
    tensors.put("open", new TensorDescription(DataType.DT_FLOAT, new long[] {-1, -1, 2}));
    tensors.put("deep", new TensorDescription(DataType.DT_DOUBLE, new long[] {-1, 1, 2, 1, 2}));
    List<Map<String, NpyArray>> calls = new ArrayList<>();
    Servable echo =
        new Servable() {
          @Override
          public ModelDescription description() {
            return new ModelDescription(
                "echo", 1, Map.of("same", new SignatureDescription("same", tensors, tensors)));
          }

          @Override
          public Map<String, NpyArray> predict(String key, Map<String, NpyArray> inputs) {
            calls.add(inputs);
            return inputs;
          }

          @Override
          public void close() {}
        };
    Everything first =
        new Everything(
            new double[] {1, 2},
            new int[][] {{1, 2, 3}, {4, 5, 6}},
            1L << 40,
            true,
            new byte[] {1, (byte) 200, 3},
            new float[] {1, 2, 3, 4},
            new double[][][][] {{{{1, 2}}, {{3, 4}}}});
    Everything second =
        new Everything(
            new double[] {3, 4},
            new int[][] {{7, 8, 9}, {10, 11, 12}},
            -1,
            false,
            new byte[3],
            new float[] {5, 6, 7, 8},
            new double[][][][] {{{{5, 6}}, {{7, 8}}}});
    TypedPredictor<Everything, Everything> typed =
        echo.typed("same", Everything.class, Everything.class);

    List<Everything> answers = typed.predict(List.of(first, second));

    assertThat(answers).usingRecursiveComparison().isEqualTo(List.of(first, second));
    assertThat(calls).hasSize(1);
    Map<String, NpyArray> call = calls.get(0);
    assertThat(call.get("i"))
        .isEqualTo(NpyArray.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 2, 3));
    assertThat(call.get("l")).isEqualTo(NpyArray.of(new long[] {1L << 40, -1}, 2));
    assertThat(call.get("b")).isEqualTo(NpyArray.of(new boolean[] {true, false}, 2, 1));
    assertThat(Objects.requireNonNull(call.get("u")).type()).isEqualTo(NpyType.U1);
    assertThat(Objects.requireNonNull(call.get("open")).shape()).containsExactly(2, 2, 2);
    assertThat(Objects.requireNonNull(call.get("deep")).shape()).containsExactly(2, 1, 2, 1, 2);
    Everything alone = typed.predict(second);
    assertThat(alone).usingRecursiveComparison().isEqualTo(second);
    assertThat(alone.d()).isNotSameAs(second.d()); // what answers may keep its arrays

    Everything longer =
        new Everything(second.d(), second.i(), 0, true, second.u(), new float[6], second.deep());
    assertThatThrownBy(() -> typed.predict(List.of(first, longer)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("row 1 (counted from 0) of 'open' has other sizes")
        .hasMessageContaining("expected [2, 2], those of the first row, received [3, 2]");
    Everything odd =
        new Everything(second.d(), second.i(), 0, true, second.u(), new float[5], second.deep());
    assertThatThrownBy(() -> typed.predict(odd))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected a multiple of 2, received 5");
  }
}
