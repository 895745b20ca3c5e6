// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.random.StatelessRandom;

/**
 * Pictures in CIFAR's format, 32 x 32 pixels with three channels, made of grey digits: each in a
 * colour of its own, at a random place, on a background whose colours run from corner to corner.
 *
 * <p>With them a network for colour images can be tried without photographs. It learns nothing
 * about photographs from them.
 */
public final class ColouredDigits {
  private static final int SIDE = Cifar10.SIDE;
  private static final int CHANNELS = Cifar10.CHANNELS;

  /** Number of pixels that a digit may lose at an edge, where nearly all digits are empty. */
  private static final int OVERHANG = 2;

  private ColouredDigits() {}

  /**
   * Paints the pictures.
   *
   * @param digits grey images of at most 32 x 32 pixels, dark ground
   * @param seed determines colours and places
   * @return one picture for each digit, with its label
   */
  public static LabeledImages of(LabeledImages digits, long seed) {
    StatelessRandom random = StatelessRandom.of(seed).fold("coloured digits");
    byte[] pixels = new byte[digits.count() * SIDE * SIDE * CHANNELS];
    for (int i = 0; i < digits.count(); i++) {
      paint(digits, i, pixels, random.fold(i));
    }
    return new LabeledImages(
        pixels, SIDE, SIDE, CHANNELS, digits.labels().clone(), digits.classes());
  }

  private static void paint(
      LabeledImages digits, int image, byte[] pixels, StatelessRandom random) {
    int top = place(random.fold("top"), digits.height());
    int left = place(random.fold("left"), digits.width());
    // background and digit in different halves of the scale, so that the digit is always visible
    boolean light = random.fold("light").below(0, 2) == 1;
    for (int c = 0; c < CHANNELS; c++) {
      StatelessRandom channel = random.fold("channel").fold(c);
      double ink = shade(channel, 4, !light);
      for (int y = 0; y < SIDE; y++) {
        double down = y / (SIDE - 1.0);
        double west = mix(shade(channel, 0, light), shade(channel, 1, light), down);
        double east = mix(shade(channel, 2, light), shade(channel, 3, light), down);
        for (int x = 0; x < SIDE; x++) {
          double ground = mix(west, east, x / (SIDE - 1.0));
          double value = mix(ground, ink, grey(digits, image, y - top, x - left));
          pixels[((image * SIDE + y) * SIDE + x) * CHANNELS + c] = (byte) Math.round(value);
        }
      }
    }
  }

  private static int place(StatelessRandom random, int size) {
    return random.below(0, SIDE - size + 2 * OVERHANG + 1) - OVERHANG;
  }

  /** 0 to 110, or 145 to 255 if it is to be light. */
  private static double shade(StatelessRandom channel, int position, boolean light) {
    return 110 * channel.uniform(position) + (light ? 145 : 0);
  }

  private static double mix(double a, double b, double share) {
    return a + share * (b - a);
  }

  /** 0 to 1; 0 outside the digit's image. */
  private static double grey(LabeledImages digits, int image, int y, int x) {
    return y < 0 || y >= digits.height() || x < 0 || x >= digits.width()
        ? 0
        : Byte.toUnsignedInt(digits.pixels()[(image * digits.height() + y) * digits.width() + x])
            / 255.0;
  }
}
