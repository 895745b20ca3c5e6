// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * Images with one class each, all of one size, in one flat array.
 *
 * <p>The arrays are the object's own and are not copied on the way in or out: a training set is
 * large, and everything in this package only reads. Two objects are therefore equal only if they
 * hold identical arrays; compare contents with {@link #fingerprint}.
 *
 * @param pixels uint8 [count, height, width, channels], row-major
 * @param height rows of an image
 * @param width columns of an image
 * @param channels values of a pixel
 * @param labels [count], each in [0, classes)
 * @param classes number of classes
 */
@SuppressWarnings("ArrayRecordComponent") // identity is intended, see above
public record LabeledImages(
    byte[] pixels, int height, int width, int channels, int[] labels, int classes) {

  /**
   * Checks that the parts belong together.
   *
   * @throws UserError if a size is not positive, the pixels are too many or too few for the labels,
   *     or a label is out of range
   */
  public LabeledImages {
    if (height < 1 || width < 1 || channels < 1 || classes < 1) {
      throw UserError.in("LabeledImages")
          .what("sizes must be positive")
          .expected("height, width, channels and classes of at least 1")
          .received(height + ", " + width + ", " + channels + " and " + classes)
          .next("check the shape of the images")
          .build();
    }
    double wanted = (double) labels.length * height * width * channels;
    if (pixels.length != wanted) {
      throw UserError.in("LabeledImages")
          .what("pixels and labels do not belong together")
          .expected(
              "%.0f bytes for %d labels of images [%d, %d, %d]"
                  .formatted(wanted, labels.length, height, width, channels))
          .received(pixels.length + " bytes")
          .next("give one label for each image and one byte for each value")
          .build();
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw UserError.in("LabeledImages")
            .what("label of image " + i + " is out of range")
            .expected("0 to " + (classes - 1))
            .received(labels[i])
            .next("check the number of classes")
            .build();
      }
    }
  }

  /** Number of images. */
  public int count() {
    return labels.length;
  }

  /** Bytes of one image: height * width * channels. */
  public int imageBytes() {
    return height * width * channels;
  }

  /**
   * A copy of the images {@code from} (included) to {@code to} (excluded).
   *
   * @throws IndexOutOfBoundsException if there are no such images
   */
  public LabeledImages slice(int from, int to) {
    if (from < 0 || to < from || to > count()) {
      throw new IndexOutOfBoundsException(
          "images %d to %d of %d".formatted(from, to, count())); // arrays would pad with zeros
    }
    return new LabeledImages(
        Arrays.copyOfRange(pixels, from * imageBytes(), to * imageBytes()),
        height,
        width,
        channels,
        Arrays.copyOfRange(labels, from, to),
        classes);
  }

  /**
   * A copy of some of the images.
   *
   * @param images their indices, in the order of the copy
   * @throws IndexOutOfBoundsException if there is no such image
   */
  public LabeledImages select(int... images) {
    byte[] chosen = new byte[images.length * imageBytes()];
    int[] classOf = new int[images.length];
    for (int i = 0; i < images.length; i++) {
      System.arraycopy(pixels, images[i] * imageBytes(), chosen, i * imageBytes(), imageBytes());
      classOf[i] = labels[images[i]];
    }
    return new LabeledImages(chosen, height, width, channels, classOf, classes);
  }

  /** Number of images of each class: [classes]. */
  public int[] classCounts() {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /**
   * SHA-256, in lower-case hex, of five big-endian int32 (count, height, width, channels, classes),
   * then the pixels, then the labels as big-endian int32.
   */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    ByteBuffer head = ByteBuffer.allocate(5 * Integer.BYTES);
    head.putInt(count()).putInt(height).putInt(width).putInt(channels).putInt(classes);
    digest.update(head.flip());
    digest.update(pixels);
    ByteBuffer tail = ByteBuffer.allocate(labels.length * Integer.BYTES);
    tail.asIntBuffer().put(labels);
    digest.update(tail);
    return Sha256.hex(digest);
  }
}
