// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.error.UserError;

/**
 * A fixed change of every image of a set, made when the image is read, so that many tasks share the
 * pixels of one set. It keeps no state and may be used by several threads.
 */
public interface ImageTransform {
  /** Rows of the images that it reads. */
  int sourceHeight();

  /** Columns of the images that it reads. */
  int sourceWidth();

  /** Rows of the images that it writes. */
  int height();

  /** Columns of the images that it writes. */
  int width();

  /**
   * Writes one changed image; the channels stay as they are.
   *
   * @param from the images to read from
   * @param image index of the image
   * @param to uint8 [positions, height, width, channels]
   * @param position index in {@code to} of the changed image; every byte of it is written
   * @throws UserError if the images are not of the size that it reads
   */
  void write(LabeledImages from, int image, byte[] to, int position);

  /** SHA-256 (hex) of all that determines the change: equal fingerprints, equal images. */
  String fingerprint();

  /** The images as they are. */
  static ImageTransform identity(int height, int width) {
    return PixelPermutation.inOrder(height, width, 0);
  }

  /**
   * Makes sure that images are of the size that it reads.
   *
   * @throws UserError if they are not
   */
  default void requireFits(LabeledImages images) {
    if (images.height() != sourceHeight() || images.width() != sourceWidth()) {
      throw UserError.in("image transformation")
          .what("made for images of another size")
          .expected(sourceHeight() + " x " + sourceWidth() + " pixels")
          .received(images.height() + " x " + images.width())
          .next("make it for the size of these images")
          .build();
    }
  }
}
