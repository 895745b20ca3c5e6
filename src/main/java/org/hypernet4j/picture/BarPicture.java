// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Draws normalised histograms of numbers between -1 and 1 as a PNG, one above the other (paper, Fig
 * 5). It needs neither a display nor the fonts of the machine.
 */
public final class BarPicture {
  private static final int MARGIN = 16;
  private static final int LEFT = 84;
  private static final int WIDTH = 640;
  private static final int HEIGHT = 180;
  private static final int BLOCK = HEIGHT + 104;
  private static final double TICK = 4;
  private static final double TITLE = 18;
  private static final double TEXT = 13;
  private static final int LINE = 20;
  private static final Scene.Ink BAR =
      new Scene.Ink(TextStrips.Colour.BLUE.onWhite, TextStrips.Colour.BLUE.onBlack, 1);
  private static final Scene.Ink NOTE = Scene.Ink.TEXT.thinned(0.7);
  private static final Scene.Ink GRID = Scene.Ink.TEXT.thinned(0.15);

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
   * @param title of the whole
   * @param notes paragraphs below it
   * @param x what the numbers are
   * @throws org.hypernet4j.error.UserError if the file cannot be written
   */
  public static void write(
      Path file, String title, List<String> notes, String x, List<Panel> panels) {
    ScenePng.write(file, scene(title, notes, x, panels));
  }

  static Scene scene(String title, List<String> notes, String x, List<Panel> panels) {
    int width = LEFT + WIDTH + 2 * MARGIN;
    List<Scene.Item> items = new ArrayList<>();
    items.add(text(title, MARGIN, MARGIN + TITLE / 2, TITLE, true, GridLayout.Anchor.START));
    double y = MARGIN + 1.8 * TITLE;
    int columns = (int) ((width - 2 * MARGIN) / ScenePng.LETTERS.advance(TEXT));
    for (String note : notes) {
      for (String line : StripPicture.wrap(note, columns)) {
        items.add(
            new Scene.Text(
                line, MARGIN, y + LINE / 2.0, TEXT, false, GridLayout.Anchor.START, NOTE));
        y += LINE;
      }
    }
    for (Panel panel : panels) {
      draw(items, y, panel, x);
      y += BLOCK;
    }
    return new Scene(width, (int) Math.ceil(y + MARGIN), title, items);
  }

  private static Scene.Text text(
      String text, double x, double y, double size, boolean bold, GridLayout.Anchor anchor) {
    return new Scene.Text(text, x, y, size, bold, anchor, Scene.Ink.TEXT);
  }

  private static void draw(List<Scene.Item> items, double y, Panel panel, String x) {
    double top = y + 42;
    double bottom = top + HEIGHT;
    items.add(text(panel.title(), LEFT, y + 24, TEXT + 1, true, GridLayout.Anchor.START));
    double[] shares = panel.shares();
    double most = Arrays.stream(shares).max().orElse(0);
    for (int part = 0; part <= 2; part++) {
      double height = part * HEIGHT / 2.0;
      items.add(Scene.Line.straight(LEFT, bottom - height, LEFT + WIDTH, bottom - height, 1, GRID));
      items.add(
          text(
              String.format(Locale.ROOT, "%.3g %%", 100 * most * part / 2),
              LEFT - 2 * TICK,
              bottom - height,
              TEXT,
              false,
              GridLayout.Anchor.END));
    }
    for (int bin = 0; bin < shares.length; bin++) {
      double from = 1.0 * bin * WIDTH / shares.length;
      double to = (bin + 1.0) * WIDTH / shares.length;
      double height = most == 0 ? 0 : shares[bin] / most * HEIGHT;
      items.add(new Scene.Box(LEFT + from, bottom - height, to - from - 0.5, height, BAR));
    }
    items.add(Scene.Line.straight(LEFT, bottom, LEFT + WIDTH, bottom, 1.5, Scene.Ink.TEXT));
    for (double tick = -1; tick <= 1; tick += 0.5) {
      double at = LEFT + (tick + 1) / 2 * WIDTH;
      items.add(Scene.Line.straight(at, bottom, at, bottom + TICK, 1, Scene.Ink.TEXT));
      items.add(
          text(
              String.format(Locale.ROOT, tick == Math.rint(tick) ? "%.0f" : "%.1f", tick),
              at,
              bottom + 14,
              TEXT,
              false,
              GridLayout.Anchor.MIDDLE));
    }
    items.add(text(x, LEFT + WIDTH / 2.0, bottom + 34, TEXT, false, GridLayout.Anchor.MIDDLE));
    items.add(
        new Scene.TextUp(
            "share",
            MARGIN + 4,
            top + (HEIGHT + ScenePng.LETTERS.width("share", TEXT)) / 2,
            TEXT,
            Scene.Ink.TEXT));
  }
}
