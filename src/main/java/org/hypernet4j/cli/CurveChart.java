// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.hypernet4j.error.UserError;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.train.MetricCurve;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws curves into one picture: x is the step, linear, y the metric. */
final class CurveChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  /** Pixels of the picture for one of the chart, so that it stays sharp on dense screens. */
  private static final int SCALE = 2;

  /** Room for one line of the legend. */
  private static final int LEGEND_LINE = 24;

  /** Width of a legend line in letters; the sample of each curve takes five. */
  private static final int LEGEND_LETTERS = 110;

  /** The largest number of points that a curve shows as markers. */
  private static final int MOST_MARKERS = 40;

  // Points without a value, which are not drawn. Where all steps are equally far apart the library
  // puts the ticks on some of them (10, 310, 610, ...) instead of on round numbers; with these
  // points they never are.
  private static final double[] UNEVEN = {0.1, 0.3};

  // the palette of Okabe and Ito without yellow: distinct for colour-blind readers too
  private static final Color[] COLOURS = {
    new Color(0x0072b2),
    new Color(0xd55e00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0x56b4e9),
    new Color(0xe69f00),
    new Color(0x1a1a1a)
  };

  // the next dash pattern once the colours are used up
  private static final BasicStroke[] LINES = {
    new BasicStroke(1.6f),
    new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {9, 4}, 0),
    new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {2, 3}, 0)
  };

  // names of series that the legend leaves out; no label has such letters
  private static final String RAW = "\u0001raw";
  private static final String BEST = "\u0001best";

  /** Opacity of the points of a smoothed line, of 255. */
  private static final int PALE = 80;

  private CurveChart() {}

  /**
   * A curve and its label in the legend; labels are unique in a picture.
   *
   * @param best the step to mark, if it is one of the curve's
   * @param smooth over how many points its line is smoothed; 1 for the curve itself
   */
  record Labelled(String label, MetricCurve curve, OptionalLong best, int smooth) {}

  /**
   * Draws the chart of a metric.
   *
   * @param logarithmic whether its axis is; no value may be 0 or less then
   * @throws UserError if this machine's Java cannot draw letters
   */
  static BufferedImage draw(
      String title, Metric metric, boolean logarithmic, List<Labelled> curves) {
    int letters = curves.stream().mapToInt(curve -> curve.label().length() + 5).sum();
    boolean sideBySide = letters <= LEGEND_LETTERS;
    int height = HEIGHT + (sideBySide ? 0 : LEGEND_LINE * (curves.size() - 1));
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle(metric.axis())
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisLogarithmic(logarithmic);
    range(chart.getStyler(), metric, logarithmic, curves);
    chart
        .getStyler()
        .setLegendLayout(
            sideBySide ? Styler.LegendLayout.Horizontal : Styler.LegendLayout.Vertical);
    for (int i = 0; i < curves.size(); i++) {
      Color colour = COLOURS[i % COLOURS.length];
      add(chart, curves.get(i), metric, colour, LINES[i / COLOURS.length % LINES.length]);
    }
    for (int i = 0; i < curves.size(); i++) {
      mark(chart, curves.get(i), metric, COLOURS[i % COLOURS.length]);
    }
    return paint(chart, WIDTH, height);
  }

  /**
   * Draws a chart.
   *
   * @throws UserError if this machine's Java cannot draw letters
   */
  static BufferedImage paint(XYChart chart, int width, int height) {
    System.setProperty("java.awt.headless", "true");
    requireFonts();
    BufferedImage image =
        new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(SCALE, SCALE);
    chart.paint(graphics, width, height);
    graphics.dispose();
    return image;
  }

  /** Applies the style of all charts. */
  static void plain(XYStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xdddddd));
    styler.setChartTitleBoxVisible(false);
    styler.setPlotMargin(0);
  }

  private static void style(XYStyler styler) {
    plain(styler);
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setSeriesColors(COLOURS);
    styler.setMarkerSize(5);
    styler.setXAxisMin(0.0);
    styler.setXAxisTickMarkSpacingHint(100);
  }

  /** Sets the ranges where the library would draw axes without numbers. */
  private static void range(
      XYStyler styler, Metric metric, boolean logarithmic, List<Labelled> curves) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Labelled curve : curves) {
      for (double value : curve.curve().values()) {
        if (Double.isFinite(value)) {
          least = Math.min(least, metric.shown(value));
          most = Math.max(most, metric.shown(value));
        }
      }
    }
    if (logarithmic) {
      // whole decades: the library numbers these only
      styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
      styler.setYAxisMax(Math.pow(10, Math.ceil(Math.log10(most))));
    } else if (most - least <= 1e-9 * Math.max(Math.abs(least), Math.abs(most))) {
      double room = most == 0 ? 1 : Math.abs(most) / 10;
      styler.setYAxisMin(least - room);
      styler.setYAxisMax(most + room);
    }
  }

  private static void add(
      XYChart chart, Labelled curve, Metric metric, Color colour, BasicStroke line) {
    int points = curve.curve().steps().length;
    Marker marker = points > MOST_MARKERS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE;
    if (curve.smooth() > 1) {
      XYSeries raw = series(chart, curve.label() + RAW, curve.curve(), metric);
      raw.setShowInLegend(false);
      raw.setMarker(SeriesMarkers.NONE);
      raw.setLineColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), PALE));
      raw.setLineStyle(new BasicStroke(0.8f));
    }
    XYSeries series = series(chart, curve.label(), curve.curve().smoothed(curve.smooth()), metric);
    series.setMarker(marker);
    series.setMarkerColor(colour);
    series.setLineColor(colour);
    series.setLineStyle(line);
  }

  private static XYSeries series(XYChart chart, String name, MetricCurve curve, Metric metric) {
    long[] steps = curve.steps();
    double[] x = new double[UNEVEN.length + steps.length];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int point = i - UNEVEN.length;
      x[i] = point < 0 ? UNEVEN[i] : steps[point];
      double value = point < 0 ? Double.NaN : curve.values()[point];
      // NaN is a gap; an infinity would be an axis without end
      y[i] = Double.isFinite(value) ? metric.shown(value) : Double.NaN;
    }
    return chart.addSeries(name, x, y);
  }

  /** Marks the best step with a diamond, on the line that is drawn. */
  private static void mark(XYChart chart, Labelled curve, Metric metric, Color colour) {
    if (curve.best().isEmpty()) {
      return;
    }
    MetricCurve drawn = curve.curve().smoothed(curve.smooth());
    int at = Arrays.binarySearch(drawn.steps(), curve.best().getAsLong());
    if (at < 0 || !Double.isFinite(drawn.values()[at])) {
      return;
    }
    XYSeries series =
        chart.addSeries(
            curve.label() + BEST,
            new double[] {drawn.steps()[at]},
            new double[] {metric.shown(drawn.values()[at])});
    series.setShowInLegend(false);
    series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    series.setMarker(new BestMarker());
    series.setMarkerColor(colour);
  }

  /** A diamond, larger than the marks of points. */
  private static final class BestMarker extends Marker {
    @Override
    public void paint(Graphics2D graphics, double x, double y, int size) {
      double half = 7;
      Path2D.Double diamond = new Path2D.Double();
      diamond.moveTo(x, y - half);
      diamond.lineTo(x + half, y);
      diamond.lineTo(x, y + half);
      diamond.lineTo(x - half, y);
      diamond.closePath();
      graphics.fill(diamond);
      graphics.setColor(Color.WHITE);
      graphics.setStroke(new BasicStroke(1.2f));
      graphics.draw(diamond);
    }
  }

  private static void requireFonts() {
    try {
      new Font(Font.SANS_SERIF, Font.PLAIN, 12)
          .createGlyphVector(new FontRenderContext(null, true, true), "step 0123456789");
    } catch (RuntimeException | LinkageError | InternalError e) {
      // a slim container: no fontconfig, no font, or no FreeType
      throw UserError.in("picture")
          .what("this machine has no letters for Java to draw with")
          .received(e.toString())
          .next("install fontconfig and a font, such as DejaVu")
          .cause(e)
          .build();
    }
  }
}
