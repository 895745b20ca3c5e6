// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files in {@code src/test/resources/io} were written by NumPy 2.0.2:
 *
 * <pre>{@code
 * a = np.arange(6).reshape(2, 3)
 * np.save('f4.npy', (a / 4).astype('<f4'));      np.save('f8.npy', a * 0.1)
 * np.save('i1.npy', (a - 3).astype('i1'));       np.save('u1.npy', (a * 50).astype('u1'))
 * np.save('i2.npy', (a * -1000).astype('<i2'));  np.save('i4.npy', (a * 100000).astype('<i4'))
 * np.save('i8.npy', a.astype('<i8') * 10**15);   np.save('bool.npy', a % 2 == 1)
 * np.save('scalar.npy', np.float32(2.5));        np.save('empty.npy', np.zeros((0, 4), '<f4'))
 * np.save('vector.npy', np.arange(3, dtype='<f4'))
 * np.save('big_endian.npy', (a * 0.1).astype('>f8'))
 * np.save('fortran.npy', np.asfortranarray(np.arange(24, dtype='>i4').reshape(2, 3, 4)))
 * np.lib.format.write_array(f, (a / 4).astype('<f4'), version=(2, 0))  # and (3, 0)
 * np.save('object.npy', np.array([1, 'x'], dtype=object)); np.save('float16.npy', a.astype('f2'))
 * np.save('structured.npy', np.zeros(2, dtype=[('shape', '<f4'), ('b', '<i4')]))
 * }</pre>
 */
class NpyTest {
  @TempDir Path folder;

  static byte[] resource(String name) {
    try (InputStream in = NpyTest.class.getResourceAsStream("/io/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private static NpyArray read(String name) {
    return Npy.readFrom(resource(name), name);
  }

  private static Map<String, NpyArray> plainFiles() {
    Map<String, NpyArray> files = new LinkedHashMap<>();
    files.put("f4.npy", NpyArray.of(new float[] {0, 0.25f, 0.5f, 0.75f, 1, 1.25f}, 2, 3));
    files.put("f8.npy", NpyArray.of(new double[] {0, 0.1, 0.2, 3 * 0.1, 0.4, 0.5}, 2, 3));
    files.put("i1.npy", NpyArray.ofSigned(new byte[] {-3, -2, -1, 0, 1, 2}, 2, 3));
    files.put(
        "u1.npy",
        NpyArray.ofUnsigned(new byte[] {0, 50, 100, (byte) 150, (byte) 200, (byte) 250}, 2, 3));
    files.put("i2.npy", NpyArray.of(new short[] {0, -1000, -2000, -3000, -4000, -5000}, 2, 3));
    files.put("i4.npy", NpyArray.of(new int[] {0, 100000, 200000, 300000, 400000, 500000}, 2, 3));
    files.put(
        "i8.npy",
        NpyArray.of(
            new long[] {0, (long) 1e15, (long) 2e15, (long) 3e15, (long) 4e15, (long) 5e15}, 2, 3));
    files.put("bool.npy", NpyArray.of(new boolean[] {false, true, false, true, false, true}, 2, 3));
    files.put("scalar.npy", NpyArray.of(new float[] {2.5f}));
    files.put("empty.npy", NpyArray.of(new float[0], 0, 4));
    files.put("vector.npy", NpyArray.of(new float[] {0, 1, 2}, 3));
    return files;
  }

  @TestFactory
  Iterable<DynamicTest> readsWhatNumPyWroteAndWritesTheSameBytes() {
    return plainFiles().entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () -> {
                      assertThat(read(file.getKey())).isEqualTo(file.getValue());
                      ByteArrayOutputStream written = new ByteArrayOutputStream();
                      Npy.writeTo(written, file.getValue());
                      assertThat(written.toByteArray()).isEqualTo(resource(file.getKey()));
                      assertThat(Npy.encodedLength(file.getValue())).isEqualTo(written.size());
                    }))
        .toList();
  }

  @Test
  void readsBigEndianAndLaterVersions() {
    assertThat(read("big_endian.npy")).isEqualTo(read("f8.npy"));
    assertThat(read("version2.npy")).isEqualTo(read("f4.npy"));
    assertThat(read("version3.npy")).isEqualTo(read("f4.npy"));
  }

  @Test
  void turnsFortranOrderIntoRowMajor() {
    assertThat(read("fortran.npy"))
        .isEqualTo(NpyArray.of(IntStream.range(0, 24).toArray(), 2, 3, 4));
  }

  @Test
  void namesATypeItDoesNotKnow() {
    assertThatThrownBy(() -> read("object.npy"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "object.npy: unsupported element type; expected float16, float32, float64, bfloat16,"
                + " int8, uint8, int16, int32, int64 or bool, received '|O'. Convert the array in"
                + " NumPy with .astype before saving it.");
    assertThatThrownBy(() -> read("structured.npy"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("[('shape', '<f4'), ('b', '<i4')]");
  }

  private static byte[] npy(String descriptor, String shape, int... bytes) {
    String header =
        "{'descr': '" + descriptor + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0});
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(header.length()).array());
    out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    for (int b : bytes) {
      out.write(b);
    }
    return out.toByteArray();
  }

  /**
   * Values by the layouts of IEEE 754 binary16 and of bfloat16, which NumPy saves as two bytes of
   * void: np.save of an array of ml_dtypes.bfloat16 writes the descriptor {@code <V2}.
   */
  @Test
  void floatsOf16BitsBecomeTheEqualFloat32() {
    int[] half = {0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x7c, 0x55, 0x35};
    NpyArray expected =
        NpyArray.of(
            new float[] {1, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY, 0x1.554p-2f}, 2, 3);
    assertThat(Npy.readFrom(npy("<f2", "2, 3", half), "half")).isEqualTo(expected);
    int[] big = {0x3c, 0x00, 0xc0, 0x00, 0x00, 0x01, 0x7b, 0xff, 0x7c, 0x00, 0x35, 0x55};
    assertThat(Npy.readFrom(npy(">f2", "2, 3", big), "half")).isEqualTo(expected);
    int[] brain = {0xc0, 0x3f, 0x00, 0xc0, 0xab, 0x3e};
    for (String descriptor : List.of("<V2", "|V2")) {
      assertThat(Npy.readFrom(npy(descriptor, "3,", brain), "brain"))
          .isEqualTo(NpyArray.of(new float[] {1.5f, -2, 0x1.56p-2f}, 3));
    }
    assertThat(read("float16.npy").type()).isEqualTo(NpyType.F4);
  }

  /** 30,000 axes overflowed the stack; NumPy itself has 64 at most. */
  @Test
  void moreAxesThanNumPyHasAreRefused() {
    assertThatThrownBy(() -> Npy.readFrom(npy("<f4", "1, ".repeat(30_000), 0, 0, 0, 0), "axes.npy"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("axes.npy: broken .npy header")
        .hasMessageContaining("more than 64 axes");
    assertThat(Npy.readFrom(npy("<f4", "1, ".repeat(64), 0, 0, 0, 0), "axes.npy").shape())
        .hasSize(64);
    for (String shape : List.of("-1,", "1,,2", ",", "x", "1 2", "1,-0")) {
      assertThatThrownBy(() -> Npy.readFrom(npy("<f4", shape, 0, 0, 0, 0), "axes.npy"))
          .as(shape)
          .isInstanceOf(UserError.class);
    }
  }

  @Test
  void arraysLargerThanABufferSurvive() {
    Random random = new Random(1);
    double[] values = random.doubles(100_003).toArray();
    Path file = folder.resolve("large.npy");
    Npy.write(file, NpyArray.of(values, 100_003));
    assertThat(Npy.read(file).doubles()).isEqualTo(values);
  }

  private static byte[] withHeader(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(text.length);
    out.write(text.length >> 8);
    out.writeBytes(text);
    out.writeBytes(new byte[dataBytes]);
    return out.toByteArray();
  }

  private static void assertRefused(byte[] file, String message) {
    assertThatThrownBy(() -> Npy.readFrom(file, "w.npy"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("w.npy: ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesShapesThatDoNotFitTheData() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }";
    assertRefused(
        withHeader(header.formatted("2, 3"), 23),
        "truncated array; expected 24 bytes for float32 [2, 3], received 23");
    assertRefused(withHeader(header.formatted("2, 3"), 25), "more data than the shape allows");
    assertRefused(withHeader(header.formatted("536870911,"), 8), "truncated array");
    assertRefused(withHeader(header.formatted("4294967296, 4294967296"), 8), "too large for Java");
    assertRefused(withHeader(header.formatted("9".repeat(18) + ","), 8), "too large for Java");
    assertRefused(withHeader(header.formatted("9".repeat(30) + ","), 8), "broken .npy header");
    assertRefused(withHeader(header.formatted("-1,"), 8), "broken .npy header");
    assertRefused(withHeader(header.formatted("1 2"), 48), "broken .npy header");
    assertThat(Npy.readFrom(withHeader(header.formatted("0, 999999999999"), 0), "w.npy").size())
        .isZero();
  }

  @Test
  void refusesBrokenHeaders() {
    assertRefused(new byte[0], "not a .npy array");
    assertRefused("PK\3\4 something".getBytes(StandardCharsets.US_ASCII), "not a .npy array");
    assertRefused(withHeader("{}", 0), "broken .npy header");
    assertRefused(Arrays.copyOf(withHeader("{'descr': '<f4'}", 0), 12), "ends inside its header");
    byte[] future = withHeader("{}", 0);
    future[6] = 4;
    assertRefused(future, "expected version 1.0, 2.0 or 3.0, received 4.0");
    byte[] absurd = withHeader("{}", 4);
    absurd[6] = 2;
    absurd[11] = 0x7f;
    assertRefused(absurd, "broken .npy header");
    assertRefused(
        withHeader("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}\2", 0),
        "truncated array");
    byte[] truth = resource("bool.npy");
    truth[truth.length - 1] = 7;
    assertRefused(truth, "expected bytes 0 and 1, received 7 at flat index 5");
  }

  @Test
  void cutAnywhereIsAUserError() {
    byte[] whole = resource("f4.npy");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Npy.readFrom(cut, "cut")).isInstanceOf(UserError.class);
    }
  }

  @Test
  void namesAFileThatCannotBeRead() throws IOException {
    Path missing = folder.resolve("missing.npy");
    assertThatThrownBy(() -> Npy.read(missing))
        .isInstanceOf(UserError.class)
        .hasMessage(missing + ": there is no such file; received nothing there.");
    assertThatThrownBy(() -> Npy.read(Files.createDirectory(folder.resolve("d"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a folder, not a file");
  }
}
