// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;

/** Pictures as PNG files. */
public final class PngFile {
  private static final long MOST_PIXELS = 100_000_000;

  private PngFile() {}

  /**
   * Checks that a picture fits into memory.
   *
   * @param where prefix of an error message
   * @param of the content of the picture, for the message
   * @param next the next step, for the message
   */
  static void requireSize(String where, double width, double height, String of, String next) {
    if (width * height > MOST_PIXELS) {
      throw UserError.in(where)
          .what("picture too large")
          .expected("at most " + MOST_PIXELS + " pixels")
          .received("%.0f x %.0f for %s".formatted(width, height, of))
          .next(next)
          .build();
    }
  }

  /**
   * Writes a picture through {@link AtomicFiles}.
   *
   * @throws UserError if the file cannot be written
   */
  public static void write(Path file, BufferedImage image) {
    AtomicFiles.write(file, out -> encode(image, out));
  }

  /** The content of the file of a picture. */
  static byte[] bytes(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      encode(image, out);
    } catch (IOException e) {
      throw new UncheckedIOException("a picture cannot be encoded", e);
    }
    return out.toByteArray();
  }

  private static void encode(BufferedImage image, OutputStream out) throws IOException {
    // ImageIO's default is a cache file in the temporary folder
    try (MemoryCacheImageOutputStream png = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(image, "png", png)) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }
}
