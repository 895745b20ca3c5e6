// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * Turns an image about its centre, counter-clockwise as one sees it, and keeps its size: corners
 * that leave it are lost, and what comes in from outside is black.
 *
 * <p>A pixel is the bilinear mean of the four pixels around the place that it comes from, those
 * outside counted as black, rounded to the nearest whole number. A square image turned by a
 * multiple of 90 degrees keeps every pixel exactly.
 */
public final class ImageRotation implements ImageTransform {
  /** Pixels around a place. */
  private static final int AROUND = 4;

  private final int height;
  private final int width;
  private final double degrees;

  /** [height * width, 4]: the pixels that one pixel is made of; 0 where the weight is 0. */
  private final int[] sources;

  /** [height * width, 4]: their weights, 0 for what lies outside. */
  private final double[] weights;

  /**
   * Finds out where each pixel comes from.
   *
   * @param height rows of the images
   * @param width columns of the images
   * @param degrees any finite angle; positive is counter-clockwise
   * @throws UserError if the angle is not finite
   */
  public ImageRotation(int height, int width, double degrees) {
    this.height = height;
    this.width = width;
    this.degrees = reduced(degrees);
    this.sources = new int[height * width * AROUND];
    this.weights = new double[height * width * AROUND];
    double cos = cosine(this.degrees);
    double sin = cosine(reduced(this.degrees - 90));
    double centreX = (width - 1) / 2.0;
    double centreY = (height - 1) / 2.0;
    for (int pixel = 0; pixel < height * width; pixel++) {
      // rows count downwards, so that this turns the other way than the formula of a textbook
      int row = pixel / width;
      double right = pixel % width - centreX;
      double down = row - centreY;
      around(pixel, centreY + right * sin + down * cos, centreX + right * cos - down * sin);
    }
  }

  /** The four pixels around a place, which may lie outside. */
  private void around(int pixel, double y, double x) {
    double top = Math.floor(y);
    double left = Math.floor(x);
    for (int corner = 0; corner < AROUND; corner++) {
      int below = corner / 2;
      int beside = corner % 2;
      int sourceY = (int) top + below;
      int sourceX = (int) left + beside;
      double weight =
          (below == 1 ? y - top : 1 - (y - top)) * (beside == 1 ? x - left : 1 - (x - left));
      if (sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width && weight > 0) {
        sources[pixel * AROUND + corner] = sourceY * width + sourceX;
        weights[pixel * AROUND + corner] = weight;
      }
    }
  }

  /** The angle from 0 to less than 360 degrees. */
  private static double reduced(double degrees) {
    if (!Double.isFinite(degrees)) {
      throw UserError.in("angle of rotation")
          .what("must be a finite number")
          .expected("degrees, such as 30")
          .received(degrees)
          .next("correct the angle")
          .build();
    }
    double angle = degrees % 360;
    angle = angle < 0 ? angle + 360 : angle;
    return angle >= 360 ? 0 : angle + 0.0; // a tiny negative angle; minus zero
  }

  /** Exact at multiples of 90 degrees, and the same on every machine. */
  private static double cosine(double degrees) {
    if (degrees % 90 == 0) {
      return degrees == 0 ? 1 : degrees == 180 ? -1 : 0;
    }
    return StrictMath.cos(StrictMath.toRadians(degrees));
  }

  /** The angle, from 0 to less than 360. */
  public double degrees() {
    return degrees;
  }

  @Override
  public int sourceHeight() {
    return height;
  }

  @Override
  public int sourceWidth() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public void write(LabeledImages from, int image, byte[] to, int position) {
    requireFits(from);
    byte[] pixels = from.pixels();
    int channels = from.channels();
    int[] places = sources; // local variables: the loop runs for every pixel that is trained on
    double[] shares = weights;
    for (int channel = 0; channel < channels; channel++) {
      int source = image * from.imageBytes() + channel;
      int target = position * from.imageBytes() + channel;
      for (int i = 0; i < places.length; i += AROUND) {
        double value =
            shares[i] * (pixels[source + places[i] * channels] & 0xff)
                + shares[i + 1] * (pixels[source + places[i + 1] * channels] & 0xff)
                + shares[i + 2] * (pixels[source + places[i + 2] * channels] & 0xff)
                + shares[i + 3] * (pixels[source + places[i + 3] * channels] & 0xff);
        to[target] = (byte) (int) (value + 0.5); // never negative, so this rounds
        target += channels;
      }
    }
  }

  /** SHA-256 (hex) of {@code rotation HEIGHT WIDTH DEGREES} in ASCII. */
  @Override
  public String fingerprint() {
    return Sha256.of(("rotation " + height + " " + width + " " + degrees).getBytes(US_ASCII));
  }
}
