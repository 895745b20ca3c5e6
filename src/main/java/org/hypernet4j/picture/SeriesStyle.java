// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a series of a {@link Chart} looks: colour, shape of its marks and dashes differ, so that none
 * of them alone tells series apart.
 *
 * @param many whether there are too many points for marks on a line
 */
record SeriesStyle(
    Chart.Kind kind, Scene.Ink ink, Scene.MarkShape shape, List<Double> dashes, boolean many) {
  /** Width of the sample in the legend. */
  static final double SAMPLE = 26;

  static final double RADIUS = 4;
  private static final double THICKNESS = 2;
  private static final double PALE = 0.35;
  private static final int MOST_MARKS = 40;

  private static final List<List<Double>> DASHES =
      List.of(List.of(), List.of(8.0, 4.0), List.of(2.0, 3.0));

  private static final Scene.MarkShape[] SHAPES = Scene.MarkShape.values();

  /** Not the grey: it is near that of letters. */
  private static final List<TextStrips.Colour> COLOURS =
      List.of(
          TextStrips.Colour.BLUE,
          TextStrips.Colour.ORANGE,
          TextStrips.Colour.GREEN,
          TextStrips.Colour.PURPLE,
          TextStrips.Colour.GREY);

  /** Colours in an order, each as legible as the others, also with colour vision deficiencies. */
  private static final List<TextStrips.Colour> RAMP =
      List.of(TextStrips.Colour.BLUE, TextStrips.Colour.PURPLE, TextStrips.Colour.ORANGE);

  /** The styles of all series. */
  static List<SeriesStyle> of(Chart chart) {
    int count = (int) chart.series().stream().filter(s -> countsAsOwn(s.kind())).count();
    List<SeriesStyle> styles = new ArrayList<>();
    int own = -1;
    for (Chart.Series series : chart.series()) {
      own += countsAsOwn(series.kind()) ? 1 : 0;
      int at = Math.max(0, own);
      Scene.Ink ink = chart.ordered() ? ramp(at, count) : distinct(at);
      ink =
          switch (series.kind()) {
            case LINE, POINTS -> ink;
            case BARS -> ink.thinned(0.85);
            case PALE_BARS -> ink.thinned(PALE);
            case GUIDE -> Scene.Ink.TEXT.thinned(0.7);
          };
      List<Double> dashes =
          series.kind() == Chart.Kind.GUIDE
              ? List.of(5.0, 4.0)
              : chart.ordered() ? List.of() : DASHES.get(at / COLOURS.size() % DASHES.size());
      styles.add(
          new SeriesStyle(
              series.kind(),
              ink,
              SHAPES[at % SHAPES.length],
              dashes,
              series.x().length > MOST_MARKS));
    }
    return styles;
  }

  private static boolean countsAsOwn(Chart.Kind kind) {
    return kind != Chart.Kind.GUIDE && kind != Chart.Kind.PALE_BARS;
  }

  private static Scene.Ink distinct(int at) {
    TextStrips.Colour colour = COLOURS.get(at % COLOURS.size());
    return new Scene.Ink(colour.onWhite, colour.onBlack, 1);
  }

  private static Scene.Ink ramp(int at, int count) {
    double place = count < 2 ? 0 : at / (count - 1.0) * (RAMP.size() - 1);
    int below = Math.min(RAMP.size() - 2, (int) place);
    TextStrips.Colour from = RAMP.get(below);
    TextStrips.Colour to = RAMP.get(below + 1);
    return new Scene.Ink(
        mix(from.onWhite, to.onWhite, place - below),
        mix(from.onBlack, to.onBlack, place - below),
        1);
  }

  private static int mix(int from, int to, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = from >> shift & 0xff;
      int b = to >> shift & 0xff;
      mixed |= (int) Math.round(a + (b - a) * share) << shift;
    }
    return mixed;
  }

  /** Whether points have marks. */
  boolean marked() {
    return kind == Chart.Kind.POINTS || (kind == Chart.Kind.LINE && !many);
  }

  private double thickness() {
    return kind == Chart.Kind.GUIDE ? 1.5 : THICKNESS;
  }

  /** The sample in the legend. */
  void sample(List<Scene.Item> items, double left, double middle) {
    if (kind == Chart.Kind.BARS || kind == Chart.Kind.PALE_BARS) {
      items.add(new Scene.Box(left + 6, middle - 6, 14, 12, ink));
      return;
    }
    if (kind != Chart.Kind.POINTS) {
      items.add(
          new Scene.Line(
              new double[] {left, left + SAMPLE},
              new double[] {middle, middle},
              thickness(),
              dashes,
              ink));
    }
    if (marked()) {
      items.add(new Scene.Mark(shape, left + SAMPLE / 2, middle, RADIUS, ink));
    }
  }

  /** Bars from a base line to their heights. */
  void bars(List<Scene.Item> items, double[] from, double[] to, double[] y, double base) {
    for (int i = 0; i < from.length; i++) {
      if (Double.isFinite(from[i]) && Double.isFinite(to[i]) && Double.isFinite(y[i])) {
        double left = Math.min(from[i], to[i]) + 1;
        double wide = Math.max(1, Math.abs(to[i] - from[i]) - 2);
        items.add(new Scene.Box(left, Math.min(y[i], base), wide, Math.abs(base - y[i]), ink));
      }
    }
  }

  /** A line with gaps where a place is not finite, and marks. */
  void points(List<Scene.Item> items, double[] x, double[] y) {
    if (kind != Chart.Kind.POINTS) {
      for (int from = 0, to; from < x.length; from = to + 1) {
        to = from;
        while (to < x.length && Double.isFinite(x[to]) && Double.isFinite(y[to])) {
          to++;
        }
        if (to - from > 1) {
          items.add(
              new Scene.Line(
                  Arrays.copyOfRange(x, from, to),
                  Arrays.copyOfRange(y, from, to),
                  thickness(),
                  dashes,
                  ink));
        }
      }
    }
    for (int i = 0; i < x.length; i++) {
      boolean alone = kind == Chart.Kind.LINE && isAlone(x, y, i);
      if ((marked() || alone) && Double.isFinite(x[i]) && Double.isFinite(y[i])) {
        items.add(new Scene.Mark(shape, x[i], y[i], RADIUS, ink));
      }
    }
  }

  /** Whether a point has a gap on either side: no line would show it. */
  private static boolean isAlone(double[] x, double[] y, int i) {
    boolean before = i > 0 && Double.isFinite(x[i - 1]) && Double.isFinite(y[i - 1]);
    boolean after = i + 1 < x.length && Double.isFinite(x[i + 1]) && Double.isFinite(y[i + 1]);
    return !before && !after;
  }
}
