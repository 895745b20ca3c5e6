// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

/**
 * How drawings are shown.
 *
 * @param startsDown whether the pen is down before the first point, so that the first offset draws
 *     a line; if not, it leads to the first point. Data without their place on a page start down.
 * @param byStroke whether strokes have colours of their own, else all are black
 * @param size pixels of the longer side of a picture of one drawing, or of a cell of a grid; 16 to
 *     8192
 * @param given how many points each drawing began with before a model went on: they are pale
 */
public record DrawingStyle(boolean startsDown, boolean byStroke, int size, int given) {
  /** Smallest {@code size}. */
  public static final int SMALLEST = 16;

  /** Largest {@code size}. */
  public static final int LARGEST = 8192;

  /** Black, starting down, 480 pixels. */
  public static final DrawingStyle DEFAULT = new DrawingStyle(true, false, 480, 0);

  /** Checks the size. */
  public DrawingStyle {
    if (size < SMALLEST || size > LARGEST) {
      throw new IllegalArgumentException(
          "size " + size + " is not in " + SMALLEST + " to " + LARGEST);
    }
  }

  /** The style with another {@code startsDown}. */
  public DrawingStyle withStartsDown(boolean down) {
    return new DrawingStyle(down, byStroke, size, given);
  }

  /** The style with another {@code byStroke}. */
  public DrawingStyle withByStroke(boolean colours) {
    return new DrawingStyle(startsDown, colours, size, given);
  }

  /** The style with another {@code size}. */
  public DrawingStyle withSize(int pixels) {
    return new DrawingStyle(startsDown, byStroke, pixels, given);
  }

  /** The style with another {@code given}. */
  public DrawingStyle withGiven(int points) {
    return new DrawingStyle(startsDown, byStroke, size, points);
  }
}
