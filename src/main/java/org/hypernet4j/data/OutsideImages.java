// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;

/**
 * Images of MNIST's format that are no upright digits: a network that knows what it does not know
 * is less certain of them. 28 x 28 grey values, light on dark.
 */
public final class OutsideImages {
  private static final int SIDE = Mnist.SIDE;

  /** The side of the square that MNIST's digits fill. */
  private static final int BOX = 20;

  /** Width of the pen, about that of MNIST's digits. */
  private static final double LINE = 2;

  private OutsideImages() {}

  /**
   * The test images, turned; labels stay.
   *
   * @param degrees counter-clockwise
   * @throws UserError if the angle is not finite
   */
  public static LabeledImages turned(LabeledImages test, double degrees) {
    ImageRotation rotation = new ImageRotation(test.height(), test.width(), degrees);
    return new TaskImages(test, rotation).toLabeledImages();
  }

  /**
   * The middle of colour images, 28 x 28 pixels, in grey (0.299 red + 0.587 green + 0.114 blue,
   * ITU-R BT.601, rounded); labels stay, and name no digits.
   *
   * @param colour at least 28 x 28 pixels with three channels, such as CIFAR-10
   * @throws UserError if the images are smaller or have not three channels
   */
  public static LabeledImages grey(LabeledImages colour) {
    if (colour.height() < SIDE || colour.width() < SIDE || colour.channels() != 3) {
      throw UserError.in("images to show in grey")
          .what("of the wrong shape")
          .expected("at least [28, 28, 3]")
          .received("[%d, %d, %d]".formatted(colour.height(), colour.width(), colour.channels()))
          .next("give colour images such as CIFAR-10")
          .build();
    }
    byte[] pixels = new byte[colour.count() * SIDE * SIDE];
    int top = (colour.height() - SIDE) / 2;
    int left = (colour.width() - SIDE) / 2;
    for (int i = 0; i < pixels.length; i++) {
      int row = i / SIDE / SIDE * colour.height() + i / SIDE % SIDE + top;
      int at = (row * colour.width() + i % SIDE + left) * 3;
      int luma =
          299 * Byte.toUnsignedInt(colour.pixels()[at])
              + 587 * Byte.toUnsignedInt(colour.pixels()[at + 1])
              + 114 * Byte.toUnsignedInt(colour.pixels()[at + 2]);
      pixels[i] = (byte) ((luma + 500) / 1000);
    }
    return new LabeledImages(pixels, SIDE, SIDE, 1, colour.labels().clone(), colour.classes());
  }

  /**
   * Drawings as images: the longer side fills MNIST's box of 20 pixels, in the middle of the image,
   * with smooth edges. The pen is down before the first point, as in the pictures of drawings. All
   * have the label 0 of one class.
   *
   * @param drawings such as Omniglot's characters
   */
  public static LabeledImages drawn(List<PenDrawing> drawings) {
    byte[] pixels = new byte[drawings.size() * SIDE * SIDE];
    PenRaster raster = new PenRaster(SIDE, BOX, LINE);
    for (int i = 0; i < drawings.size(); i++) {
      raster.draw(drawings.get(i), pixels, i);
    }
    return new LabeledImages(pixels, SIDE, SIDE, 1, new int[drawings.size()], 1);
  }
}
