// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.pen.PenDrawing;

/**
 * Drawings of one part of a data set.
 *
 * @param name the source, for error messages: {@code train of strokes.flat.npz}
 * @param drawings in the units of the data; there may be none
 * @param texts what each drawing says, or empty if nobody knows
 * @param originsCut whether every drawing began with a point (0, 0) that was cut off
 */
public record DrawingPart(
    String name, List<PenDrawing> drawings, List<String> texts, boolean originsCut) {

  /**
   * Keeps copies of the lists.
   *
   * @throws UserError if there are texts, but not one for each drawing
   */
  public DrawingPart {
    drawings = List.copyOf(drawings);
    texts = List.copyOf(texts);
    if (!texts.isEmpty() && texts.size() != drawings.size()) {
      throw UserError.in(name)
          .what("the texts do not match the drawings")
          .expected(drawings.size() + " texts, one for each drawing")
          .received(texts.size())
          .build();
    }
  }

  /** Drawings that begin with whatever the source has. */
  public DrawingPart(String name, List<PenDrawing> drawings, List<String> texts) {
    this(name, drawings, texts, false);
  }

  /** Number of drawings. */
  public int count() {
    return drawings.size();
  }

  /** Number of points of all drawings. */
  public long points() {
    return drawings.stream().mapToLong(PenDrawing::points).sum();
  }

  /** Number of points of the longest drawing; 0 if there is none. */
  public int longest() {
    return drawings.stream().mapToInt(PenDrawing::points).max().orElse(0);
  }

  /** The first drawings, or all if there are fewer. */
  public DrawingPart first(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must not be negative, got " + count);
    }
    return count >= count()
        ? this
        : new DrawingPart(
            name,
            drawings.subList(0, count),
            texts.isEmpty() ? texts : texts.subList(0, count),
            originsCut);
  }

  /**
   * SHA-256 (hex) of the number of drawings, then of each drawing: its points and rows as
   * big-endian int32 and float32; then of each text: its length in UTF-8 and its bytes.
   */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(count()).flip());
    for (PenDrawing drawing : drawings) {
      float[] rows = drawing.rows();
      ByteBuffer bytes = ByteBuffer.allocate((1 + rows.length) * Float.BYTES);
      bytes.putInt(drawing.points());
      bytes.asFloatBuffer().put(rows);
      digest.update(bytes.rewind());
    }
    for (String text : texts) {
      byte[] bytes = text.getBytes(UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
    return Sha256.hex(digest);
  }
}
