// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfRecordTest {
  /**
   * Python TensorFlow 2.18: {@code w = tf.io.TFRecordWriter(p); w.write(b'');
   * w.write(b'hypernetwork')}.
   */
  private static final byte[] FROM_PYTHON =
      HexFormat.of()
          .parseHex(
              "000000000000000029039807d8ea82a2"
                  + "0c00000000000000f4c8fe0a68797065726e6574776f726beb027025");

  private static final byte[] TEXT = "hypernetwork".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private static byte[] write(byte[]... records) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TfRecordWriter writer = new TfRecordWriter(bytes)) {
      for (byte[] record : records) {
        writer.write(record);
      }
      writer.flush();
    }
    return bytes.toByteArray();
  }

  private static TfRecordReader reader(byte[] file) {
    return new TfRecordReader(new ByteArrayInputStream(file), "r");
  }

  /** Expected values by masked_crc32c of the Python package tensorboard 2.18. */
  @Test
  void checksumsAsPythonDoes() {
    assertThat(MaskedCrc32c.of(new byte[0])).isEqualTo(0xa282ead8);
    assertThat(MaskedCrc32c.of("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(0xc78ab0e5);
    assertThat(MaskedCrc32c.of(new byte[40], 3, 32)).isEqualTo(0x0fd7fffa);
  }

  @Test
  void writesWhatPythonWrites() throws IOException {
    assertThat(write(new byte[0], TEXT)).isEqualTo(FROM_PYTHON);
  }

  @Test
  void readsWhatPythonWrote() throws IOException {
    try (TfRecordReader reader = reader(FROM_PYTHON)) {
      assertThat(reader.read()).isEmpty();
      assertThat(reader.read()).isEqualTo(TEXT);
      assertThat(reader.read()).isNull();
      assertThat(reader.read()).isNull();
    }
  }

  @Test
  void readsAFile() {
    Path file = folder.resolve("a.tfrecord");
    AtomicFiles.write(file, out -> out.write(FROM_PYTHON));
    assertThat(TfRecordReader.readAll(file)).containsExactly(new byte[0], TEXT);
    assertThatThrownBy(() -> TfRecordReader.readAll(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> TfRecordReader.readAll(folder)).isInstanceOf(UserError.class);
  }

  @Test
  void anyBrokenBitIsAUserError() {
    for (int bit = 0; bit < 8 * FROM_PYTHON.length; bit++) {
      byte[] broken = FROM_PYTHON.clone();
      broken[bit / 8] ^= (byte) (1 << (bit % 8));
      boolean inFirst = bit / 8 < 16;
      try (TfRecordReader reader = reader(broken)) {
        if (!inFirst) {
          assertThat(reader.read()).isEmpty();
        }
        assertThatThrownBy(reader::read)
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith("r: broken record at byte " + (inFirst ? 0 : 16) + "; ")
            .hasMessageContaining("checksum");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void cutAnywhereInsideARecordIsAUserError() throws IOException {
    for (int length = 17; length < FROM_PYTHON.length; length++) {
      try (TfRecordReader reader = reader(Arrays.copyOf(FROM_PYTHON, length))) {
        assertThat(reader.read()).isEmpty();
        assertThatThrownBy(reader::read)
            .isInstanceOf(UserError.class)
            .hasMessageContaining("ends inside the record");
      }
    }
  }

  @Test
  void refusesAbsurdLengthsWithAValidChecksum() throws IOException {
    for (String length :
        new String[] {"ffffffffffffffff", "ffffffff00000000", "00ffff7f00000000"}) {
      byte[] header = Arrays.copyOf(HexFormat.of().parseHex(length), 12);
      int checksum = MaskedCrc32c.of(header, 0, 8);
      for (int i = 0; i < 4; i++) {
        header[8 + i] = (byte) (checksum >>> (8 * i));
      }
      try (TfRecordReader reader = reader(header)) {
        assertThatThrownBy(reader::read).isInstanceOf(UserError.class);
      }
    }
  }
}
