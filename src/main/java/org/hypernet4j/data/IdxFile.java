// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.hypernet4j.error.UserError;

/**
 * Reads the IDX files of MNIST: unsigned bytes in one (labels) or three dimensions (images), plain
 * or gzipped, recognised by content.
 *
 * <p>Layout: big-endian int32 magic (2049 labels, 2051 images), one big-endian int32 for each
 * dimension, then the bytes in row-major order and nothing after them. Sizes are checked against
 * the length of the file and the heap before anything is allocated. Every fault of a file is a
 * {@link UserError} that names it.
 */
public final class IdxFile {
  private static final int LABELS_MAGIC = 2049;
  private static final int IMAGES_MAGIC = 2051;

  // splitting a set holds everything twice for a moment; a label is a byte here and an int later
  private static final int HEAP_PER_PIXEL = 2;
  private static final int HEAP_PER_LABEL = 1 + 2 * Integer.BYTES;

  private IdxFile() {}

  /**
   * The payload of an image file.
   *
   * @param pixels uint8 [count, height, width]
   * @param count number of images
   * @param height rows of an image
   * @param width columns of an image
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Images(byte[] pixels, int count, int height, int width) {}

  /**
   * Reads images and their labels.
   *
   * @param images file with magic 2051
   * @param labels file with magic 2049 and the same count
   * @param classes labels must be below this
   * @return images with one channel
   */
  public static LabeledImages read(Path images, Path labels, int classes) {
    return pair(images(images), images, labels(labels, classes), labels, classes);
  }

  /** Reads an image file (magic 2051). */
  public static Images images(Path file) {
    try (DataStream in = DataStream.open(file)) {
      return images(in);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  /**
   * Reads a label file (magic 2049).
   *
   * @param classes labels must be below this
   * @return [count]
   */
  public static int[] labels(Path file, int classes) {
    try (DataStream in = DataStream.open(file)) {
      return labels(in, classes);
    } catch (IOException e) {
      throw DataStream.unreadable(file.toString(), e);
    }
  }

  static LabeledImages pair(
      Images images, Object imagesName, int[] labels, Object labelsName, int classes) {
    if (images.count() != labels.length) {
      throw UserError.in(labelsName)
          .what("does not belong to " + imagesName)
          .expected("one label for each of the " + images.count() + " images")
          .received(labels.length + " labels")
          .next("take both files from one data set")
          .build();
    }
    return new LabeledImages(images.pixels(), images.height(), images.width(), 1, labels, classes);
  }

  static Images images(DataStream in) {
    requireMagic(in, IMAGES_MAGIC, "an IDX image file");
    int count = size(in, "number of images");
    int height = size(in, "number of rows");
    int width = size(in, "number of columns");
    double bytes = (double) count * height * width;
    String what = String.format(Locale.ROOT, "%d images of %d x %d bytes", count, height, width);
    return new Images(in.payload(bytes, what, HEAP_PER_PIXEL), count, height, width);
  }

  static int[] labels(DataStream in, int classes) {
    requireMagic(in, LABELS_MAGIC, "an IDX label file");
    int count = size(in, "number of labels");
    byte[] bytes = in.payload(count, count + " labels", HEAP_PER_LABEL);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = Byte.toUnsignedInt(bytes[i]);
      if (labels[i] >= classes) {
        throw UserError.in(in.name())
            .what("label " + i + " (counted from 0) is out of range")
            .expected("0 to " + (classes - 1))
            .received(labels[i])
            .next("check that the file belongs to this data set and get it again")
            .build();
      }
    }
    return labels;
  }

  private static void requireMagic(DataStream in, int expected, String kind) {
    int magic = in.header("magic number");
    if (magic == expected) {
      return;
    }
    String next =
        switch (magic) {
          case LABELS_MAGIC -> "this is a label file: were images and labels exchanged?";
          case IMAGES_MAGIC -> "this is an image file: were images and labels exchanged?";
          default -> "give the original IDX file, plain or gzipped";
        };
    throw UserError.in(in.name())
        .what("not " + kind)
        .expected("magic number " + expected)
        .received(magic)
        .next(next)
        .build();
  }

  private static int size(DataStream in, String what) {
    int size = in.header(what);
    if (size < 1) {
      throw UserError.in(in.name())
          .what("the " + what + " in the header is absurd")
          .expected("at least 1")
          .received(size)
          .next("the file is damaged: get it again")
          .build();
    }
    return size;
  }
}
