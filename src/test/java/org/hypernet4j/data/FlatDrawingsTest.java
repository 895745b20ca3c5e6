// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlatDrawingsTest {
  private static final Path STROKES = Path.of("..", "shared", "data", "strokes");
  private static final short[] ROWS = {1, 2, 0, 3, 4, 1, -5, 6, 0, 7, -8, 0, 9, 10, 1};

  @TempDir Path folder;

  /** Two drawings in each part, of 2 and 3 points. */
  private static Map<String, NpyArray> arrays() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (String part : new String[] {"train", "valid", "test"}) {
      arrays.put(part + "_points", NpyArray.of(ROWS, 5, 3));
      arrays.put(part + "_lengths", NpyArray.of(new int[] {2, 3}, 2));
    }
    return arrays;
  }

  private Path write(String name, Map<String, NpyArray> arrays) {
    Path file = folder.resolve(name);
    Npz.write(file, arrays);
    return file;
  }

  @Test
  void rowsBecomeDrawings() {
    DrawingSplits splits = FlatDrawings.read(write("a.flat.npz", arrays()));

    for (DrawingPart part :
        new DrawingPart[] {splits.train(), splits.validation(), splits.test()}) {
      assertThat(part.drawings())
          .containsExactly(
              PenDrawing.of("x", new float[] {1, 2, 0, 3, 4, 1}),
              PenDrawing.of("x", new float[] {-5, 6, 0, 7, -8, 0, 9, 10, 1}));
      assertThat(part.texts()).isEmpty();
      assertThat(part.originsCut()).isFalse();
    }
    assertThat(splits.notes()).isEmpty();
  }

  /** Of drawings that are not there nobody may say how they begin. */
  @Test
  void archivesWithoutDrawingsAreRefusedForThat() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (String part : new String[] {"train", "valid", "test"}) {
      arrays.put(part + "_points", NpyArray.of(new float[0], 0, 3));
      arrays.put(part + "_lengths", NpyArray.of(new int[0], 0));
    }

    assertThatThrownBy(() -> FlatDrawings.read(write("none.flat.npz", arrays)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no drawing")
        .hasMessageNotContaining("cut off");
  }

  @Test
  void everyNumberTypeIsRead() {
    float[] floats = {0.5f, 2, 0, 3, 4, 1, -5, 6, 0, 7, -8, 0, 9, 10, 1};
    double[] doubles = {0.1, 2, 0, 3, 4, 1, -5, 6, 0, 7, -8, 0, 9, 10, 1};
    int[] ints = {70_000, 2, 0, 3, 4, 1, -5, 6, 0, 7, -8, 0, 9, 10, 1};
    Map<String, NpyArray> arrays = arrays();
    arrays.put("train_points", NpyArray.of(floats, 5, 3));
    arrays.put("valid_points", NpyArray.of(doubles, 5, 3));
    arrays.put("test_points", NpyArray.of(ints, 5, 3));
    arrays.put("train_lengths", NpyArray.of(new long[] {1, 4}, 2));
    arrays.put("valid_lengths", NpyArray.ofUnsigned(new byte[] {1, 4}, 2));

    DrawingSplits splits = FlatDrawings.read(write("a.flat.npz", arrays));

    assertThat(splits.train().drawings().get(0).dx(0)).isEqualTo(0.5f);
    assertThat(splits.validation().drawings().get(0).dx(0)).isEqualTo(0.1f);
    assertThat(splits.test().drawings().get(0).dx(0)).isEqualTo(70_000f);
    assertThat(splits.train().drawings().get(0).points()).isEqualTo(1);
  }

  @Test
  void onePointThatAllDrawingsBeginWithIsCutOff() {
    Map<String, NpyArray> arrays = arrays();
    short[] rows = {0, 0, 0, 3, 4, 1, 0, 0, 0, 7, -8, 0, 9, 10, 1};
    arrays.replaceAll((name, was) -> name.endsWith("points") ? NpyArray.of(rows, 5, 3) : was);
    DrawingSplits cut = FlatDrawings.read(write("a.flat.npz", arrays));

    assertThat(cut.validation().drawings())
        .containsExactly(
            PenDrawing.of("x", new float[] {3, 4, 1}),
            PenDrawing.of("x", new float[] {7, -8, 0, 9, 10, 1}));
    assertThat(cut.train().originsCut()).isTrue();
    assertThat(cut.notes()).hasSize(1);

    // one drawing of one part begins elsewhere: nothing is cut
    arrays.put("test_points", NpyArray.of(ROWS, 5, 3));
    DrawingSplits whole = FlatDrawings.read(write("b.flat.npz", arrays));
    assertThat(whole.train().drawings().get(0).points()).isEqualTo(2);
    assertThat(whole.train().originsCut()).isFalse();
    // a drawing of that point alone, or with the pen lifted there, keeps it
    arrays.put("test_points", NpyArray.of(rows, 5, 3));
    arrays.put("test_lengths", NpyArray.of(new int[] {1, 1, 3}, 3));
    assertThat(FlatDrawings.read(write("c.flat.npz", arrays)).train().originsCut()).isFalse();
    arrays.put("test_lengths", NpyArray.of(new int[] {2, 3}, 2));
    short[] dot = rows.clone();
    dot[2] = 1;
    arrays.put("test_points", NpyArray.of(dot, 5, 3));
    assertThat(FlatDrawings.read(write("d.flat.npz", arrays)).train().originsCut()).isFalse();
  }

  private static Arguments fault(Consumer<Map<String, NpyArray>> change, String... messages) {
    return Arguments.of(messages[0], change, messages);
  }

  private static NpyArray points(int index, float value) {
    float[] rows = new float[15];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i == index ? value : ROWS[i];
    }
    return NpyArray.of(rows, 5, 3);
  }

  private static NpyArray lengths(int... lengths) {
    return NpyArray.of(lengths, lengths.length);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            a -> a.remove("valid_lengths"), "the array 'valid_lengths' is missing", "train_points"),
        fault(Map::clear, "the array 'train_points' is missing", "no array"),
        fault(
            a -> a.put("train_points", NpyArray.of(ROWS, 15)),
            "train_points: an array of the wrong shape",
            "int16 [15]"),
        fault(
            a -> a.put("train_points", NpyArray.of(ROWS, 3, 5)),
            "train_points: an array of the wrong shape",
            "[P, 3]"),
        fault(
            a -> a.put("test_lengths", NpyArray.of(new int[] {2, 3}, 2, 1)),
            "test_lengths: an array of the wrong shape",
            "int32 [2, 1]"),
        fault(
            a -> a.put("test_lengths", NpyArray.of(new float[] {2, 3}, 2)),
            "test_lengths: an array of the wrong type",
            "float32 [2]"),
        fault(
            a -> a.put("test_points", NpyArray.of(new boolean[15], 5, 3)),
            "test_points: an array of the wrong type",
            "bool [5, 3]"),
        fault(
            a -> a.put("train_lengths", lengths(2, 2)),
            "train_lengths: the lengths contradict the points",
            "the sum 5",
            "received 4"),
        fault(
            a -> a.put("train_lengths", lengths(2, 4)),
            "train_lengths: the length of drawing 1 (counted from 0) contradicts the points",
            "1 to 3",
            "received 4"),
        fault(
            a -> a.put("train_lengths", NpyArray.of(new long[] {2, Long.MAX_VALUE}, 2)),
            "train_lengths: the length of drawing 1 (counted from 0) contradicts the points"),
        fault(
            a -> a.put("valid_lengths", lengths(5, 0)),
            "valid_lengths: the length of drawing 1 (counted from 0) is not positive"),
        fault(
            a -> a.put("valid_lengths", lengths(-1, 6)),
            "valid_lengths: the length of drawing 0 (counted from 0) is not positive",
            "received -1"),
        fault(
            a -> {
              a.put("test_points", NpyArray.of(new short[0], 0, 3));
              a.put("test_lengths", lengths());
            },
            "test of ",
            "there is no drawing"),
        fault(
            a -> a.put("train_points", points(7, Float.NaN)),
            "train_points: drawing 1 (counted from 0): point 0 (counted from 0) has no place",
            "dy NaN"),
        fault(
            a -> a.put("train_points", points(3, Float.NEGATIVE_INFINITY)),
            "train_points: drawing 0 (counted from 0): point 1 (counted from 0) has no place",
            "dx -Infinity"),
        fault(
            a -> a.put("train_points", points(8, 2)),
            "drawing 1 (counted from 0): point 0 (counted from 0) has a pen that is neither"),
        fault(
            a -> a.put("train_points", points(8, Float.NaN)),
            "drawing 1 (counted from 0): point 0 (counted from 0) has a pen that is neither"),
        fault(
            a -> {
              double[] rows = new double[15];
              rows[4] = 1e300;
              a.put("train_points", NpyArray.of(rows, 5, 3));
            },
            "train_points: a number is too large",
            "1.0E300"),
        fault(
            a -> {
              a.put("train_points", NpyArray.of(new short[3_000_000], 1_000_000, 3));
              a.put("train_lengths", lengths(1_000_000));
            },
            "train_points: drawing 0 (counted from 0): the drawing has too many points",
            "at most 100000"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void whatIsWrongIsNamed(String name, Consumer<Map<String, NpyArray>> change, String[] messages) {
    Map<String, NpyArray> arrays = arrays();
    change.accept(arrays);
    Path file = write("a.flat.npz", arrays);

    assertThatThrownBy(() -> FlatDrawings.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(messages);
  }

  @Test
  void cutFilesAndOtherFilesAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write("a.flat.npz", arrays()));
    for (int bytes : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
      Path file = Files.write(folder.resolve("cut.flat.npz"), Arrays.copyOf(whole, bytes));
      assertThatThrownBy(() -> FlatDrawings.read(file))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("not a whole .npz archive");
    }
    assertThatThrownBy(() -> FlatDrawings.read(folder.resolve("none.flat.npz")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("nothing there");
  }

  @Test
  void theFolderAndANameDoAsWell() {
    write("plain.npz", arrays());
    assertThat(FlatDrawings.read(folder, null).train().count()).isEqualTo(2);
    assertThat(FlatDrawings.read(folder, "plain").train().count()).isEqualTo(2);
    write("one.flat.npz", arrays());
    assertThat(FlatDrawings.read(folder, null).train().count()).isEqualTo(2);
    assertThat(FlatDrawings.read(folder, "one").train().count()).isEqualTo(2);

    write("two.flat.npz", arrays());
    assertThat(FlatDrawings.read(folder, "two").train().count()).isEqualTo(2);
    assertThatThrownBy(() -> FlatDrawings.read(folder, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("one.flat.npz, two.flat.npz")
        .hasMessageContaining("data.name");
    assertThatThrownBy(() -> FlatDrawings.read(folder, "three"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected three.flat.npz, received one.flat.npz, two.flat.npz");
    assertThatThrownBy(() -> FlatDrawings.read(folder.resolve("gone"), null))
        .isInstanceOf(UserError.class);
  }

  @Test
  void pickledDrawingsComeWithTheLineThatConvertsThem() throws IOException {
    Path file = folder.resolve("cat.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String part : new String[] {"train", "valid", "test"}) {
        zip.putNextEntry(new ZipEntry(part + ".npy"));
        writeObjects(zip);
      }
    }

    assertThatThrownBy(() -> FlatDrawings.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(
            "'train' is pickled",
            "python3 -c",
            "allow_pickle=True, encoding='latin1'",
            "cat.flat.npz");
    // also when the folder is given, where nothing else is
    assertThatThrownBy(() -> FlatDrawings.read(folder, "cat"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'train' is pickled");
    assertThatThrownBy(() -> FlatDrawings.read(folder, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'train' is pickled");
  }

  private static void writeObjects(OutputStream out) throws IOException {
    String header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) padded.length(), 0});
    out.write(padded.getBytes(ISO_8859_1));
    out.write(new byte[] {(byte) 0x80, 2, '.'});
  }

  @Test
  void theOriginalsOfSketchRnnAreRefusedToo() {
    assumeTrue(Files.exists(STROKES), "no copy of the original files");
    assertThatThrownBy(() -> FlatDrawings.read(STROKES.resolve("omniglot.npz")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is pickled");
  }
}
