// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Draws normalised histograms of numbers between -1 and 1 as a PNG, one above the other (paper, Fig
 * 5). It needs neither a display nor fonts.
 */
public final class BarPicture {
  private static final int MARGIN = 16;
  private static final int LEFT = 100;
  private static final int WIDTH = 800;
  private static final int HEIGHT = 200;
  private static final int TICK = 6;

  private BarPicture() {}

  /**
   * One histogram.
   *
   * @param title the title above it
   * @param shares of the numbers in equal bins from -1 to 1; they sum up to 1
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Panel(String title, double[] shares) {}

  /**
   * Writes the picture.
   *
   * @param notes lines at the top
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(Path file, List<String> notes, List<Panel> panels) {
    int width = LEFT + WIDTH + 3 * MARGIN;
    List<String> lines =
        notes.stream()
            .flatMap(n -> StripPicture.wrap(n, (width - 2 * MARGIN) / Picture.LETTER).stream())
            .toList();
    int block = HEIGHT + 3 * Picture.LINE + 3 * MARGIN;
    int head = MARGIN + lines.size() * (Picture.LINE + 2) + MARGIN;
    Picture picture = new Picture(width, head + panels.size() * block);
    for (int i = 0; i < lines.size(); i++) {
      picture.text(
          MARGIN,
          MARGIN + i * (Picture.LINE + 2),
          lines.get(i),
          i == 0 ? Picture.BLACK : Picture.GREY);
    }
    for (int i = 0; i < panels.size(); i++) {
      draw(picture, head + i * block, panels.get(i));
    }
    picture.write(file);
  }

  private static void draw(Picture picture, int top, Panel panel) {
    picture.text(LEFT, top, panel.title(), Picture.BLACK);
    int y = top + Picture.LINE + MARGIN;
    int bottom = y + HEIGHT;
    double[] shares = panel.shares();
    double most = Arrays.stream(shares).max().orElse(0);
    for (int bin = 0; bin < shares.length; bin++) {
      int from = bin * WIDTH / shares.length;
      int to = (bin + 1) * WIDTH / shares.length;
      int height = most == 0 ? 0 : (int) Math.round(shares[bin] / most * HEIGHT);
      picture.fill(
          LEFT + from,
          bottom - height,
          Math.max(1, to - from - 1),
          height,
          TextStrips.Colour.BLUE.onWhite);
    }
    picture.fill(LEFT, bottom, WIDTH, 2, Picture.BLACK);
    picture.fill(LEFT - 2, y, 2, HEIGHT + 2, Picture.BLACK);
    for (double tick = -1; tick <= 1; tick += 0.5) {
      int x = LEFT + (int) Math.round((tick + 1) / 2 * WIDTH);
      picture.fill(x - 1, bottom, 2, TICK, Picture.BLACK);
      String label = String.format(Locale.ROOT, tick == Math.rint(tick) ? "%.0f" : "%.1f", tick);
      picture.textBefore(
          x + label.length() * Picture.LETTER / 2, bottom + TICK + 4, label, Picture.BLACK);
    }
    for (int part = 0; part <= 2; part++) {
      int height = part * HEIGHT / 2;
      picture.fill(LEFT - 2 - TICK, bottom - height, TICK, 2, Picture.BLACK);
      picture.textBefore(
          LEFT - 4 - TICK,
          bottom - height - Picture.LINE / 2,
          String.format(Locale.ROOT, "%.3g%%", 100 * most * part / 2),
          Picture.BLACK);
    }
  }
}
