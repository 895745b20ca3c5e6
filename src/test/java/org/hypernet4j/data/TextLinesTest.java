// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
  @TempDir Path folder;

  @Test
  void readsLinesWithAnyEnd() {
    assertThat(read("a b\r\n\né\rx\n😀".getBytes(UTF_8))).containsExactly("a b", "", "é\rx", "😀");
    assertThat(read("a\n".getBytes(UTF_8))).containsExactly("a");
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void aByteOrderMarkCountsOnlyInAnotherPlaceThanTheStart() {
    assertThat(read("\uFEFFa\n\uFEFFb".getBytes(UTF_8))).containsExactly("a", "\uFEFFb");
  }

  @Test
  void readsLinesLongerThanTheBuffer() {
    String line = "é😀x".repeat(50_000);

    assertThat(read((line + "\n" + line).getBytes(UTF_8))).containsExactly(line, line);
  }

  @Test
  void readsGzippedFiles() throws IOException {
    Path file = folder.resolve("lines.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("un\ndeux".getBytes(UTF_8));
    }
    try (TextLines lines = TextLines.open(file)) {
      assertThat(all(lines)).containsExactly("un", "deux");
      assertThat(lines.number()).isEqualTo(2);
    }
  }

  @Test
  @Timeout(20)
  void aLineIsThereAsSoonAsItHasArrived() throws IOException {
    try (PipedOutputStream out = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(out)) {
      TextLines lines = TextLines.of("pipe", in);
      out.write("first\nsec".getBytes(UTF_8));
      out.flush();
      assertThat(lines.next()).isEqualTo("first"); // though the pipe is open and has more
      out.write("ond\n".getBytes(UTF_8));
      out.flush();
      assertThat(lines.next()).isEqualTo("second");
    }
  }

  /** A line is ready when all of it is there; the end of a stream is not seen from afar. */
  @Test
  @Timeout(20)
  void saysWhetherALineHasArrived() throws IOException {
    PipedOutputStream out = new PipedOutputStream();
    try (PipedInputStream in = new PipedInputStream(out)) {
      TextLines lines = TextLines.of("pipe", in);
      assertThat(lines.ready()).isFalse();
      out.write("first\nsec".getBytes(UTF_8));
      out.flush();
      assertThat(lines.ready()).isTrue();
      assertThat(lines.number()).isZero();
      assertThat(lines.next()).isEqualTo("first");
      assertThat(lines.ready()).isFalse();
      out.write("ond\n\nend".getBytes(UTF_8));
      out.close();
      assertThat(lines.ready()).isTrue();
      assertThat(lines.next()).isEqualTo("second");
      assertThat(lines.ready()).isTrue();
      assertThat(lines.next()).isEmpty();
      assertThat(lines.ready()).isFalse();
      assertThat(lines.next()).isEqualTo("end");
      assertThat(lines.number()).isEqualTo(4);
      assertThat(lines.next()).isNull();
    }
    Path file = Files.writeString(folder.resolve("two.txt"), "un\ndeux");
    try (TextLines lines = TextLines.open(file)) {
      assertThat(lines.ready()).isTrue();
      assertThat(lines.next()).isEqualTo("un");
      assertThat(lines.next()).isEqualTo("deux");
      assertThat(lines.ready()).isFalse();
    }
  }

  @Test
  void invalidUtf8IsNamedWithLineAndByte() {
    byte[] bytes = {'a', '\n', 'b', 'c', (byte) 0xe9, 'd', '\n'};

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "text: line 2: not valid UTF-8 at byte 2 of the line (counted from 0); expected text in"
                + " UTF-8, received byte 0xE9. Convert the text to UTF-8.");
    assertThatThrownBy(() -> read(new byte[] {'a', (byte) 0xc3})) // cut in the middle of é
        .hasMessageContaining("line 1: not valid UTF-8 at byte 1");
  }

  @Test
  void aLineOfALargeFileWithoutLinesIsAnError() {
    assertThatThrownBy(() -> read(new byte[(1 << 24) + 1]))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "text: line 1: the line is too long; expected at most 16777216 bytes");
  }

  @Test
  void aMissingFileAndAFolderAreErrors() {
    assertThatThrownBy(() -> TextLines.open(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> TextLines.open(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received a folder");
  }

  private static List<String> read(byte[] bytes) {
    return all(TextLines.of("text", new ByteArrayInputStream(bytes)));
  }

  private static List<String> all(TextLines lines) {
    List<String> all = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }
}
