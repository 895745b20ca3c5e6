// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.MetricCurve;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws curves into one picture: x is the step, y the metric, both linear. */
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

  private CurveChart() {}

  /** A curve and its label in the legend; labels are unique in a picture. */
  record Labelled(String label, MetricCurve curve) {}

  /**
   * Draws the chart of a metric.
   *
   * @throws UserError if this machine's Java cannot draw letters
   */
  static BufferedImage draw(String title, String metric, List<Labelled> curves) {
    int letters = curves.stream().mapToInt(curve -> curve.label().length() + 5).sum();
    boolean sideBySide = letters <= LEGEND_LETTERS;
    int height = HEIGHT + (sideBySide ? 0 : LEGEND_LINE * (curves.size() - 1));
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle(metric)
            .build();
    style(chart.getStyler());
    chart
        .getStyler()
        .setLegendLayout(
            sideBySide ? Styler.LegendLayout.Horizontal : Styler.LegendLayout.Vertical);
    for (int i = 0; i < curves.size(); i++) {
      add(chart, curves.get(i), LINES[i / COLOURS.length % LINES.length]);
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

  private static void add(XYChart chart, Labelled curve, BasicStroke line) {
    long[] steps = curve.curve().steps();
    double[] x = new double[UNEVEN.length + steps.length];
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int point = i - UNEVEN.length;
      x[i] = point < 0 ? UNEVEN[i] : steps[point];
      double value = point < 0 ? Double.NaN : curve.curve().values()[point];
      // NaN is a gap; an infinity would be an axis without end
      y[i] = Double.isFinite(value) ? value : Double.NaN;
    }
    XYSeries series = chart.addSeries(curve.label(), x, y);
    Marker marker = steps.length > MOST_MARKERS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE;
    series.setMarker(marker);
    series.setLineStyle(line);
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
