// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;

/**
 * Pads an image with zeros on all four sides, crops a window of the original size at a random place
 * and, if asked, mirrors it left to right with probability 1/2.
 *
 * <p>For MNIST the paper pads to 30 x 30 and crops 28 x 28 (Ha, Dai, Le, "HyperNetworks", A.3.1):
 * {@code new ImageAugmentation(1, false)}.
 *
 * @param pad zeros on each side, in pixels; less than the height and width of the images
 * @param flip whether to mirror half of the images
 */
public record ImageAugmentation(int pad, boolean flip) {
  /** No augmentation. */
  public static final ImageAugmentation NONE = new ImageAugmentation(0, false);

  /**
   * Checks the padding.
   *
   * @throws UserError if it is negative
   */
  public ImageAugmentation {
    if (pad < 0) {
      throw UserError.in("augmentation padding")
          .what("cannot be negative")
          .expected("0 or more pixels")
          .received(pad)
          .next("use 0 for no padding")
          .build();
    }
  }

  /**
   * Checks that the padding fits the images: with a larger one a crop could miss the image.
   *
   * @throws UserError if it does not
   */
  public void requireFits(LabeledImages images) {
    int smaller = Math.min(images.height(), images.width());
    if (pad >= smaller) {
      throw UserError.in("augmentation padding")
          .what("too large for the images")
          .expected("less than " + smaller + " pixels")
          .received(pad)
          .next("choose a padding of a few pixels")
          .build();
    }
  }

  /**
   * Writes one augmented image.
   *
   * @param from the images to read from
   * @param image index of the image
   * @param to uint8 [slots, height, width, channels]
   * @param slot index in {@code to} of the augmented image; every byte of it is written
   * @param random the key of this image at this step; equal keys produce equal pictures
   */
  public void write(LabeledImages from, int image, byte[] to, int slot, StatelessRandom random) {
    int places = 2 * pad + 1;
    int top = random.below(0, places);
    int left = random.below(1, places);
    boolean mirrored = flip && random.below(2, 2) == 1;
    crop(from, image, to, slot, top - pad, left - pad, mirrored);
  }

  /**
   * Writes the window whose top left corner lies at (top, left) of the image; outside is zero.
   *
   * @param top -pad to pad
   * @param left -pad to pad
   */
  static void crop(
      LabeledImages from, int image, byte[] to, int slot, int top, int left, boolean mirrored) {
    int height = from.height();
    int channels = from.channels();
    int rowBytes = from.width() * channels;
    int source = image * from.imageBytes();
    int target = slot * from.imageBytes();
    // the part of a row that lies inside the image, in bytes from the start of the window's row
    int inside = Math.max(0, -left) * channels;
    int insideEnd = rowBytes - Math.max(0, left) * channels;
    for (int y = 0; y < height; y++) {
      int row = target + y * rowBytes;
      int sourceY = y + top;
      if (sourceY < 0 || sourceY >= height) {
        Arrays.fill(to, row, row + rowBytes, (byte) 0);
        continue;
      }
      int sourceRow = source + sourceY * rowBytes + left * channels;
      Arrays.fill(to, row, row + inside, (byte) 0);
      System.arraycopy(from.pixels(), sourceRow + inside, to, row + inside, insideEnd - inside);
      Arrays.fill(to, row + insideEnd, row + rowBytes, (byte) 0);
      if (mirrored) {
        mirror(to, row, from.width(), channels);
      }
    }
  }

  private static void mirror(byte[] pixels, int row, int width, int channels) {
    int a = row;
    int b = row + (width - 1) * channels;
    while (a < b) {
      for (int c = 0; c < channels; c++) {
        byte swapped = pixels[a + c];
        pixels[a + c] = pixels[b + c];
        pixels[b + c] = swapped;
      }
      a += channels;
      b -= channels;
    }
  }
}
