// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code stored.npz} and {@code deflated.npz} were written by NumPy 2.0.2:
 *
 * <pre>{@code
 * a = np.arange(6).reshape(2, 3)
 * m = {'conv1/kernel': (a / 4).astype('<f4'), 'bias': np.float64(0.5), 'steps': np.arange(3)}
 * np.savez('stored.npz', **m); np.savez_compressed('deflated.npz', **m)
 * }</pre>
 */
class NpzTest {
  private static final Path GOLDEN = Path.of("..", "shared", "reference", "golden");

  @TempDir Path folder;

  private static Map<String, NpyArray> example() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("conv1/kernel", NpyArray.of(new float[] {0, 0.25f, 0.5f, 0.75f, 1, 1.25f}, 2, 3));
    arrays.put("bias", NpyArray.of(new double[] {0.5}));
    arrays.put("steps", NpyArray.of(new long[] {0, 1, 2}, 3));
    return arrays;
  }

  @Test
  void readsWhatNumPyWrote() {
    for (String name : List.of("stored.npz", "deflated.npz")) {
      Map<String, NpyArray> arrays = Npz.readFrom(NpyTest.resource(name), name);
      assertThat(arrays).containsExactlyEntriesOf(example());
    }
  }

  @Test
  void readsFromAStreamAndLeavesItOpen() {
    ByteArrayInputStream in = new ByteArrayInputStream(NpyTest.resource("stored.npz"));
    assertThat(Npz.readFrom(in, "stream")).isEqualTo(example());
    assertThat(in.available()).isZero();
  }

  @Test
  void readsWhatItWroteAndWritesTheSameBytesAgain() throws IOException {
    Path first = folder.resolve("first.npz");
    Path second = folder.resolve("second.npz");
    Npz.write(first, example());
    Npz.write(second, Npz.read(first));
    assertThat(Npz.read(first)).containsExactlyEntriesOf(example());
    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void anArchiveOfNothingIsFine() {
    Path file = folder.resolve("empty.npz");
    Npz.write(file, Map.of());
    assertThat(Npz.read(file)).isEmpty();
  }

  @Test
  void cutAnywhereIsAUserError() {
    byte[] whole = NpyTest.resource("deflated.npz");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Npz.readFrom(cut, "cut.npz"))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("cut.npz");
    }
  }

  @Test
  void aBrokenBitIsAUserErrorOrChangesNoArray() {
    List<NpyArray> expected = new ArrayList<>(example().values());
    for (String name : List.of("stored.npz", "deflated.npz")) {
      byte[] whole = NpyTest.resource(name);
      int refused = 0;
      for (int at = 0; at < whole.length; at++) {
        byte[] broken = whole.clone();
        broken[at] ^= (byte) (1 << (at % 8));
        try {
          // names, times and attributes carry no checksum; arrays do
          assertThat(Npz.readFrom(broken, "broken.npz").values())
              .containsExactlyElementsOf(expected);
        } catch (UserError e) {
          refused++;
        }
      }
      assertThat(refused).isGreaterThan(whole.length / 3);
    }
  }

  @Test
  void namesTheArrayWhoseChecksumIsWrong() {
    byte[] broken = NpyTest.resource("stored.npz");
    // the last byte of 'steps', right before the directory at the end (PK 1 2)
    int directory = new String(broken, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    broken[directory - 1] ^= 1;
    assertThatThrownBy(() -> Npz.readFrom(broken, "w.npz"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("w.npz: steps: not a whole .npz archive; received checksum ")
        .hasMessageEndingWith("Download or write the file again.");
  }

  @Test
  void refusesWhatIsNoArchiveOfArrays() throws IOException {
    Path text = Files.writeString(folder.resolve("w.npz"), "not a zip at all");
    assertThatThrownBy(() -> Npz.read(text))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(text + ": not a whole .npz archive");
    assertThatThrownBy(() -> Npz.read(folder.resolve("missing.npz")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected a .npz file, received nothing there");
    assertThatThrownBy(() -> Npz.read(folder)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Npz.readFrom(zip("readme.txt", new byte[3]), "w.npz"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected entries that end in .npy, received 'readme.txt'");
    assertThatThrownBy(() -> Npz.readFrom(zip("kernel.npy", new byte[3]), "w.npz"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("w.npz: kernel: not a .npy array");
    assertThatThrownBy(
            () -> Npz.readFrom(zip("kernel.npy", NpyTest.resource("object.npy")), "w.npz"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("w.npz: kernel: unsupported element type");
    assertThatThrownBy(() -> Npz.write(folder.resolve("n.npz"), Map.of("", example().get("bias"))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDirectoryThatClaimsAbsurdSizesIsRefusedBeforeMemoryIsTaken() {
    byte[] npy = NpyTest.resource("f4.npy");
    // the same length of header for a float32 [536870911, 1], 2 GiB
    String header =
        new String(npy, StandardCharsets.ISO_8859_1).replace("(2, 3), }", "(536870911, 1), }");
    byte[] claim = header.substring(0, 60 + 24).getBytes(StandardCharsets.ISO_8859_1);
    byte[] archive = zip("kernel.npy", Arrays.copyOf(claim, npy.length));
    int directory = new String(archive, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    Arrays.fill(archive, directory + 24, directory + 28, (byte) 0x7f);
    assertThatThrownBy(() -> Npz.readFrom(archive, "w.npz"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("2139062143 bytes packed into ");
  }

  private static byte[] zip(String name, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Expected numbers by NumPy: z['kernel'][6,5,4,3], .astype('f8').sum(), abs().max() and so on.
   */
  @Test
  void readsTheGoldenVectors() {
    assumeTrue(
        Files.isDirectory(GOLDEN), "the golden vectors are not beside this checkout: " + GOLDEN);
    Map<String, NpyArray> mnist = Npz.read(GOLDEN.resolve("static_mnist_notebook.npz"));
    NpyArray kernel = Objects.requireNonNull(mnist.get("kernel"));
    assertThat(mnist).hasSize(51);
    assertThat(kernel).hasToString("float32 [7, 7, 16, 16]");
    float[] values = kernel.floats();
    assertThat(values[((6 * 7 + 5) * 16 + 4) * 16 + 3]).isEqualTo(0.046848413f);
    assertThat(Arrays.stream(kernel.doubles()).sum()).isCloseTo(-24.47014888713602, within(1e-9));
    assertThat(Arrays.stream(kernel.doubles()).map(Math::abs).max()).hasValue((double) 0.85080314f);
    assertThat(Objects.requireNonNull(mnist.get("f64/loss")).doubles())
        .containsExactly(9.048793991890387);

    Map<String, NpyArray> cell = Npz.read(GOLDEN.resolve("supercell_hyperlstm_ln_small.npz"));
    assertThat(cell).hasSize(172);
    assertThat(Objects.requireNonNull(cell.get("x")).floats()[(6 * 3 + 2) * 5 + 4])
        .isEqualTo(0.8840048f);
    assertThat(Arrays.stream(Objects.requireNonNull(cell.get("state0/hyper_h")).doubles()).sum())
        .isCloseTo(-1.9729858674108982, within(1e-12));
  }

  private static byte[] npy(String descriptor, byte[] elements) {
    String header =
        "{'descr': '" + descriptor + "', 'fortran_order': False, 'shape': (1,), }".concat("\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length());
    out.write(0);
    out.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(elements);
    return out.toByteArray();
  }

  /** Objects are a pickle, texts are four bytes a letter: they are told apart, not read. */
  @Test
  void arraysOfTextsAndObjectsAreLeftToWhoNeedsThem() throws IOException {
    Path file = folder.resolve("a.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> each :
          Map.of(
                  "w", npy("<f4", new byte[] {0, 0, (byte) 0x80, 0x3f}),
                  "history", npy("|O", new byte[] {(byte) 0x80, 4, 'N', '.'}),
                  "labels", npy("<U1", new byte[] {'a', 0, 0, 0}),
                  "brain", npy("<V2", new byte[] {(byte) 0x80, 0x3f}))
              .entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey() + ".npy"));
        zip.write(each.getValue());
        zip.closeEntry();
      }
    }
    Npz.Contents contents = Npz.readContents(file);
    assertThat(contents.arrays())
        .containsOnly(
            Map.entry("w", NpyArray.of(new float[] {1}, 1)),
            Map.entry("brain", NpyArray.of(new float[] {1}, 1)));
    assertThat(contents.unreadable()).containsOnlyKeys("history", "labels");
    assertThat(contents.unreadable().get("history"))
        .hasMessageContaining("a.npz: history: unsupported element type")
        .hasMessageContaining("received '|O'");
    assertThat(contents.bfloat16()).containsExactly("brain");
    assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(UserError.class);
  }

  /**
   * 60 names for the same 16 MiB of zeros, 16 kB packed: together they claim more than there is.
   */
  @Test
  void entriesThatShareBytesAreRefused() throws IOException {
    Path file = folder.resolve("bomb.npz");
    Npz.write(file, Map.of("x", NpyArray.of(new float[1 << 10], 1 << 10)));
    byte[] one = Files.readAllBytes(file);
    ByteBuffer end = ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN);
    int endAt = one.length - 22; // the record at the end of a zip without a comment
    int directory = end.getInt(endAt + 16);
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.write(one, 0, directory);
    for (int i = 0; i < 60; i++) {
      byte[] entry = Arrays.copyOfRange(one, directory, endAt);
      entry[46] = (byte) ('A' + i); // the name, "x.npy"
      many.writeBytes(entry);
    }
    int length = many.size() - directory;
    end.putShort(endAt + 8, (short) 60).putShort(endAt + 10, (short) 60).putInt(endAt + 12, length);
    many.write(one, endAt, 22);
    Files.write(file, many.toByteArray());
    assertThatThrownBy(() -> Npz.readContents(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not a whole .npz archive");
  }
}
