// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyHeader;
import org.hypernet4j.io.internal.AtomicFiles;

/**
 * Draws a convolution kernel as a grid of grey tiles, as in Fig 2 of Ha, Dai and Le,
 * "HyperNetworks".
 *
 * <p>The tile in row i and column o is the filter from input channel i to output channel o. All
 * tiles share one scale from minus to plus the largest magnitude, so that 0 is mid-grey, positive
 * is lighter and negative is darker. White lines separate the tiles.
 *
 * <p>This needs no display. A program that must not search for one starts Java with {@code
 * -Djava.awt.headless=true}.
 *
 * <pre>{@code
 * PngGrid.write(folder.resolve("conv2.png"), kernel, new long[] {7, 7, 16, 16}, 4);
 * }</pre>
 */
public final class PngGrid {
  private static final int GAP_GREY = 255;

  private PngGrid() {}

  /**
   * Writes the picture through {@link AtomicFiles}.
   *
   * @param kernel flat in the order [height, width, inputs, outputs]
   * @param shape [height, width, inputs, outputs]
   * @param zoom pixels a side for one weight, and the width of the lines
   * @throws UserError if a weight is not finite, the picture would have more than 100 million
   *     pixels, or the file cannot be written
   */
  public static void write(Path file, float[] kernel, long[] shape, int zoom) {
    BufferedImage image = draw(kernel, shape, zoom, file.toString());
    PngFile.write(file, image);
  }

  private static BufferedImage draw(float[] kernel, long[] shape, int zoom, String where) {
    if (zoom < 1
        || shape.length != 4
        || Arrays.stream(shape).anyMatch(n -> n < 1)
        || NpyHeader.elements(shape) != kernel.length) {
      throw new IllegalArgumentException(
          "%d weights of shape %s at zoom %d; expected [height, width, inputs, outputs]"
              .formatted(kernel.length, Arrays.toString(shape), zoom));
    }
    int height = (int) shape[0];
    int width = (int) shape[1];
    int inputs = (int) shape[2];
    int outputs = (int) shape[3];
    double rows = (inputs * (height + 1.0) - 1) * zoom;
    double columns = (outputs * (width + 1.0) - 1) * zoom;
    PngFile.requireSize(
        where, columns, rows, "a kernel of " + Arrays.toString(shape), "choose a smaller zoom");
    float scale = largestMagnitude(kernel, where);
    BufferedImage image =
        new BufferedImage((int) columns, (int) rows, BufferedImage.TYPE_BYTE_GRAY);
    // the raster takes grey levels as they are; setRGB would pass them through a colour space
    WritableRaster raster = image.getRaster();
    int[] line = new int[(int) columns];
    int[] gap = new int[(int) columns];
    Arrays.fill(gap, GAP_GREY);
    Arrays.fill(line, GAP_GREY);
    for (int y = 0; y < (int) rows; y++) {
      int row = y / zoom;
      int input = row / (height + 1);
      int inTile = row % (height + 1);
      if (inTile == height) {
        raster.setPixels(0, y, line.length, 1, gap);
        continue;
      }
      for (int x = 0; x < line.length; x++) {
        int column = x / zoom;
        if (column % (width + 1) < width) {
          int at = (inTile * width + column % (width + 1)) * inputs + input;
          line[x] = grey(kernel[at * outputs + column / (width + 1)], scale);
        }
      }
      raster.setPixels(0, y, line.length, 1, line);
    }
    return image;
  }

  private static int grey(float weight, float scale) {
    return scale == 0 ? 128 : (int) Math.round(127.5 + 127.5 * weight / scale);
  }

  private static float largestMagnitude(float[] kernel, String where) {
    float largest = 0;
    for (int i = 0; i < kernel.length; i++) {
      if (!Float.isFinite(kernel[i])) {
        throw UserError.in(where)
            .what("a kernel with a weight that is not finite cannot be drawn")
            .received(kernel[i] + " at flat index " + i)
            .next("look for the step at which training diverged")
            .build();
      }
      largest = Math.max(largest, Math.abs(kernel[i]));
    }
    return largest;
  }
}
