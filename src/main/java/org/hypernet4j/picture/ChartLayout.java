// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.picture.GridLayout.Anchor;

/**
 * Places the parts of a {@link Chart}. It is as wide as a phone can show with legible letters; the
 * label of y stands above its axis, where it needs no width.
 */
final class ChartLayout {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 270;
  private static final double MARGIN = 8;
  private static final double TITLE = 16;
  private static final double LABEL = 14;
  private static final double TICK = 13;
  private static final double LINE_HEIGHT = 1.35;
  private static final double GRID = 0.15;

  private final Chart chart;
  private final Scene.Letters letters;
  private final ChartAxis x;
  private final ChartAxis y;
  private final double left;
  private final double top;
  private final double width;
  private final double height;
  private final List<Scene.Item> items = new ArrayList<>();

  private ChartLayout(Chart chart, Scene.Letters letters) {
    this.chart = chart;
    this.letters = letters;
    double below = MARGIN;
    for (String line : wrap(chart.title(), TITLE)) {
      below += TITLE * LINE_HEIGHT;
      items.add(text(line, MARGIN, below - TITLE * LINE_HEIGHT / 2, TITLE, true, Anchor.START));
    }
    for (String line : wrap(chart.y().label(), LABEL)) {
      below += LABEL * LINE_HEIGHT;
      items.add(text(line, MARGIN, below - LABEL * LINE_HEIGHT / 2, LABEL, false, Anchor.START));
    }
    top = below + TICK * 0.7;
    y = ChartAxis.of(chart.y(), chart.allY(), ticks -> ticks.size() <= 7);
    left = MARGIN + widest(y.ticks()) + 6;
    double room = WIDTH - left - MARGIN;
    x = ChartAxis.of(chart.x(), chart.allX(), ticks -> fits(ticks, room));
    // half of the last label stands beyond the axis
    double beyond = letters.width(x.ticks().get(x.ticks().size() - 1).label(), TICK) / 2;
    width = room - Math.max(0, beyond - MARGIN / 2);
    height = chart.square() ? width : HEIGHT;
  }

  static Scene scene(Chart chart, Scene.Letters letters) {
    ChartLayout layout = new ChartLayout(chart, letters);
    layout.axes();
    double bottom = layout.captions();
    layout.series();
    int series = chart.series().size();
    String label =
        "%s: %s over %s, %d series"
            .formatted(chart.title(), chart.y().label(), chart.x().label(), series);
    return new Scene(WIDTH, (int) Math.ceil(bottom + MARGIN), label, layout.items);
  }

  private List<String> wrap(String text, double size) {
    int columns = (int) ((WIDTH - 2 * MARGIN) / letters.advance(size));
    return text.isEmpty() ? List.of() : StripPicture.wrap(text, columns);
  }

  private boolean fits(List<ChartAxis.Tick> ticks, double room) {
    return ticks.size() * (widest(ticks) + 10) <= room;
  }

  private double widest(List<ChartAxis.Tick> ticks) {
    return ticks.stream().mapToDouble(t -> letters.width(t.label(), TICK)).max().orElse(0);
  }

  private static Scene.Text text(
      String text, double x, double y, double size, boolean bold, Anchor anchor) {
    return new Scene.Text(text, x, y, size, bold, anchor, Scene.Ink.TEXT);
  }

  private void axes() {
    Scene.Ink grid = Scene.Ink.TEXT.thinned(GRID);
    double bottom = top + height;
    double right = left + width;
    for (ChartAxis.Tick tick : x.ticks()) {
      double at = left + width * tick.share();
      items.add(Scene.Line.straight(at, top, at, bottom, 1, grid));
      items.add(text(tick.label(), at, bottom + 5 + TICK / 2, TICK, false, Anchor.MIDDLE));
    }
    for (ChartAxis.Tick tick : y.ticks()) {
      double at = bottom - height * tick.share();
      items.add(Scene.Line.straight(left, at, right, at, 1, grid));
      items.add(text(tick.label(), left - 6, at, TICK, false, Anchor.END));
    }
    Scene.Ink axis = Scene.Ink.TEXT.thinned(0.6);
    items.add(Scene.Line.straight(left, bottom, right, bottom, 1, axis));
    items.add(Scene.Line.straight(left, top, left, bottom, 1, axis));
  }

  /** The label of x and the legend; their end. */
  private double captions() {
    double below = top + height + 5 + TICK;
    for (String line : wrap(chart.x().label(), LABEL)) {
      below += LABEL * LINE_HEIGHT;
      double middle = below - LABEL * LINE_HEIGHT / 2 + 3;
      items.add(text(line, left + width / 2, middle, LABEL, false, Anchor.MIDDLE));
    }
    below += 6;
    List<SeriesStyle> styles = SeriesStyle.of(chart);
    boolean told = chart.series().size() > 1;
    double at = MARGIN;
    double line = 0;
    for (int s = 0; told && s < styles.size(); s++) {
      String name = chart.series().get(s).name();
      if (name.isEmpty()) {
        continue;
      }
      // a name that is too long for a line of its own goes on in the next
      List<String> lines = wrapName(name);
      double wide = lines.stream().mapToDouble(part -> letters.width(part, LABEL)).max().orElse(0);
      double needed = SeriesStyle.SAMPLE + 6 + wide;
      if (at > MARGIN && at + needed > WIDTH - MARGIN) {
        at = MARGIN;
        below += line;
        line = 0;
      }
      double middle = below + LABEL * LINE_HEIGHT / 2;
      styles.get(s).sample(items, at, middle);
      for (int i = 0; i < lines.size(); i++) {
        items.add(
            text(
                lines.get(i),
                at + SeriesStyle.SAMPLE + 6,
                middle + i * LABEL * LINE_HEIGHT,
                LABEL,
                false,
                Anchor.START));
      }
      line = Math.max(line, lines.size() * LABEL * LINE_HEIGHT);
      at += needed + 16;
    }
    return below + line;
  }

  private List<String> wrapName(String name) {
    double room = WIDTH - 2 * MARGIN - SeriesStyle.SAMPLE - 6;
    return StripPicture.wrap(name, (int) (room / letters.advance(LABEL)));
  }

  private void series() {
    List<SeriesStyle> styles = SeriesStyle.of(chart);
    PointLabels labels = new PointLabels(left, top, left + width, top + height, letters);
    List<Runnable> later = new ArrayList<>();
    boolean any = false;
    for (int s = 0; s < styles.size(); s++) {
      Chart.Series series = chart.series().get(s);
      SeriesStyle style = styles.get(s);
      double[] px = places(series.x(), x, left, width);
      double[] py = places(series.y(), y, top + height, -height);
      if (series.ends().length > 0) {
        double[] ends = places(series.ends(), x, left, width);
        double base = Math.max(top, Math.min(top + height, top + height - height * y.share(0)));
        style.bars(items, px, ends, py, base);
      } else {
        style.points(items, px, py);
      }
      for (int i = 0; i < px.length; i++) {
        if (!Double.isFinite(px[i]) || !Double.isFinite(py[i])) {
          continue;
        }
        any = true;
        if (style.marked()) {
          labels.keepOff(px[i], py[i], SeriesStyle.RADIUS);
        }
        if (series.kind() == Chart.Kind.LINE && i > 0 && Double.isFinite(px[i - 1] + py[i - 1])) {
          labels.keepOffLine(px[i - 1], py[i - 1], px[i], py[i]);
        }
        if (!series.labels().isEmpty()) {
          int point = i;
          later.add(
              () ->
                  items.add(
                      labels.place(series.labels().get(point), px[point], py[point], style.ink())));
        }
      }
    }
    later.forEach(Runnable::run);
    if (!any) {
      items.add(text("no values", left + width / 2, top + height / 2, LABEL, false, Anchor.MIDDLE));
    }
  }

  private static double[] places(double[] values, ChartAxis axis, double from, double length) {
    double[] places = new double[values.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = from + length * axis.share(values[i]);
    }
    return places;
  }
}
