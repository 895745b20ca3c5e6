// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

/** The centres of pixels as coordinates: row and column, each evenly from -1 to 1. */
final class PixelGrid {
  private PixelGrid() {}

  /**
   * The centres of the pixels of a square image, row by row.
   *
   * @return {@code [side side][2]}
   */
  static float[][] coordinates(int side) {
    float[][] points = new float[side * side][];
    for (int i = 0; i < points.length; i++) {
      points[i] = new float[] {place(i / side, side), place(i % side, side)};
    }
    return points;
  }

  private static float place(int index, int side) {
    return side == 1 ? 0f : (float) (2.0 * index / (side - 1) - 1);
  }
}
