// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The text of a progress bar: share, bar, steps, time left, and as many figures as there is room
 * for. The bar has at least {@link #LEAST} cells, so figures go first where the terminal is narrow,
 * then time and steps; nothing is cut off in its middle.
 *
 * @param unicode whether the terminal shows more than ASCII
 * @param coloured whether it shows colours
 */
record BarText(boolean unicode, boolean coloured) {
  /** The least number of cells, where the terminal has room for them at all. */
  static final int LEAST = 20;

  private static final int MOST = 40;
  private static final String CYAN = "\033[36m";
  private static final String FAINT = "\033[2m";
  private static final String PLAIN = "\033[0m";

  /**
   * Draws a bar.
   *
   * @param secondsLeft below 0 while it is not known
   * @param figures the more important ones last
   * @param columns of the terminal that may be used
   */
  String of(long step, long steps, double secondsLeft, List<String> figures, int columns) {
    String share = String.format(Locale.ROOT, "%3d %%", 100 * step / Math.max(1, steps));
    String whole = Long.toString(steps);
    String count = String.format(Locale.ROOT, "%" + whole.length() + "d/%s", step, whole);
    String left = secondsLeft < 0 ? "  -:-- left" : String.format("%6s left", time(secondsLeft));
    List<String> parts = new ArrayList<>(List.of(count, left));
    parts.addAll(figures);
    // what has to go first stands behind what matters more: the first of the figures, later ones,
    // at the end time and steps
    while (!parts.isEmpty() && columns - share.length() - 1 - width(parts) < LEAST) {
      parts.remove(parts.size() > 2 ? 2 : parts.size() - 1);
    }
    int cells = Math.min(MOST, columns - share.length() - 1 - width(parts));
    if (cells < 1) {
      return columns < share.length() ? "" : share;
    }
    StringBuilder text = new StringBuilder(share).append(' ').append(bar(step, steps, cells));
    parts.forEach(part -> text.append("  ").append(part));
    return text.toString();
  }

  private static int width(List<String> parts) {
    return parts.stream().mapToInt(part -> part.length() + 2).sum();
  }

  private String bar(long step, long steps, int cells) {
    int full = (int) (cells * Math.min(step, steps) / Math.max(1, steps));
    String done = (unicode ? "━" : "#").repeat(full);
    String rest = (unicode ? "─" : "-").repeat(cells - full);
    return coloured ? CYAN + done + PLAIN + FAINT + rest + PLAIN : done + rest;
  }

  /** Minutes and seconds, or hours before them, rounded up. */
  static String time(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
