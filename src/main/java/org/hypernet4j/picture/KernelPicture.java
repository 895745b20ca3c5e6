// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyHeader;

/**
 * Draws a convolution kernel as a grid of grey tiles, as in Fig 2 of Ha, Dai and Le,
 * "HyperNetworks", with its shape and a bar of its values.
 *
 * <p>The tile in row i and column o is the filter from input channel i to output channel o. All
 * tiles share one scale from minus to plus the largest magnitude, so that 0 is mid-grey, positive
 * is lighter and negative is darker. White lines separate the tiles.
 *
 * <pre>{@code
 * KernelPicture.write(folder.resolve("conv2.png"), "conv2", kernel, new long[] {7, 7, 16, 16});
 * }</pre>
 */
public final class KernelPicture {
  private static final int WIDE = 620;
  private static final int LARGEST_ZOOM = 12;
  private static final int MARGIN = 16;
  private static final int LEFT = 40;
  private static final int LEAST = 300;
  private static final int LINE = 20;
  private static final double TITLE = 18;
  private static final double TEXT = 13;
  private static final int BAR = 200;
  private static final Scene.Ink NOTE = Scene.Ink.TEXT.thinned(0.7);

  private KernelPicture() {}

  /**
   * Writes the picture as PNG.
   *
   * @param name of the kernel, the title
   * @param kernel flat in the order [height, width, inputs, outputs]
   * @param shape [height, width, inputs, outputs]
   * @throws UserError if a weight is not finite, the picture would have more than 100 million
   *     pixels, or the file cannot be written
   */
  public static void write(Path file, String name, float[] kernel, long[] shape) {
    ScenePng.write(file, scene(name, kernel, shape, file.toString()));
  }

  static Scene scene(String name, float[] kernel, long[] shape, String where) {
    GreyImage tiles = tiles(kernel, shape, where);
    int zoom = Math.max(1, Math.min(LARGEST_ZOOM, WIDE / tiles.width()));
    int width = Math.max(LEAST, LEFT + zoom * tiles.width() + MARGIN);
    List<Scene.Item> items = new ArrayList<>();
    items.add(text(name, MARGIN, MARGIN + TITLE / 2, TITLE, true, Scene.Ink.TEXT));
    double y = MARGIN + Math.rint(1.6 * TITLE);
    String filters =
        "%d × %d filters, %d × %d channels".formatted(shape[0], shape[1], shape[2], shape[3]);
    items.add(text(filters, MARGIN, y + TEXT / 2, TEXT, false, NOTE));
    y += LINE + 4;
    items.add(text("output channel", LEFT, y + TEXT / 2, TEXT, false, NOTE));
    y += LINE;
    double high = zoom * tiles.height();
    String rows = "input channel";
    double length = ScenePng.LETTERS.width(rows, TEXT);
    items.add(new Scene.TextUp(rows, MARGIN + TEXT / 2, y + length, TEXT, NOTE));
    items.add(new Scene.Raster(tiles, LEFT, y, zoom * tiles.width(), high));
    y += Math.max(length, high) + LINE;
    bar(items, y, largest(kernel, where));
    return new Scene(width, (int) Math.ceil(y + 2.5 * LINE), "kernel " + name, items);
  }

  /** The grey levels and the weights that they stand for. */
  private static void bar(List<Scene.Item> items, double y, float largest) {
    float[] levels = new float[BAR];
    for (int i = 0; i < BAR; i++) {
      levels[i] = largest == 0 ? 0.5f : i / (BAR - 1f);
    }
    items.add(new Scene.Raster(new GreyImage(1, BAR, levels), LEFT, y, BAR, 12));
    for (int part = 0; part <= 2; part++) {
      double value = (part - 1) * (double) largest;
      String label = value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
      GridLayout.Anchor anchor =
          part == 0
              ? GridLayout.Anchor.START
              : part == 1 ? GridLayout.Anchor.MIDDLE : GridLayout.Anchor.END;
      items.add(
          new Scene.Text(
              label, LEFT + part * BAR / 2.0, y + 24, TEXT, false, anchor, Scene.Ink.TEXT));
    }
    items.add(text("weight", LEFT + BAR + 8, y + 6, TEXT, false, NOTE));
  }

  private static Scene.Text text(
      String text, double x, double y, double size, boolean bold, Scene.Ink ink) {
    return new Scene.Text(text, x, y, size, bold, GridLayout.Anchor.START, ink);
  }

  /** A pixel for each weight, and white lines between the tiles. */
  static GreyImage tiles(float[] kernel, long[] shape, String where) {
    if (shape.length != 4
        || Arrays.stream(shape).anyMatch(n -> n < 1)
        || NpyHeader.elements(shape) != kernel.length) {
      throw new IllegalArgumentException(
          "%d weights of shape %s; expected [height, width, inputs, outputs]"
              .formatted(kernel.length, Arrays.toString(shape)));
    }
    int height = (int) shape[0];
    int width = (int) shape[1];
    int inputs = (int) shape[2];
    int outputs = (int) shape[3];
    double rows = inputs * (height + 1.0) - 1;
    double columns = outputs * (width + 1.0) - 1;
    PngFile.requireSize(
        where,
        ScenePng.SCALE * columns,
        ScenePng.SCALE * rows,
        "a kernel of " + Arrays.toString(shape),
        "draw a smaller part of it");
    float largest = largest(kernel, where);
    float[] levels = new float[(int) (rows * columns)];
    Arrays.fill(levels, 1);
    for (int at = 0; at < kernel.length; at++) {
      int output = at % outputs;
      int input = at / outputs % inputs;
      int x = at / outputs / inputs % width;
      int y = at / outputs / inputs / width;
      int row = input * (height + 1) + y;
      int column = output * (width + 1) + x;
      levels[row * (int) columns + column] =
          largest == 0 ? 0.5f : (float) (0.5 + 0.5 * kernel[at] / largest);
    }
    return new GreyImage((int) rows, (int) columns, levels);
  }

  private static float largest(float[] kernel, String where) {
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
