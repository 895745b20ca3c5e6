// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import org.hypernet4j.picture.EmbeddingMap;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws an {@link EmbeddingMap}: a point for each embedding, coloured by the depth of its layer.
 */
final class EmbeddingChart {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 640;
  private static final int LEGEND_LINE = 20;

  private EmbeddingChart() {}

  static BufferedImage draw(String title, EmbeddingMap map) {
    int layers = map.points().size();
    int height = Math.max(HEIGHT, 80 + LEGEND_LINE * layers);
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle(map.axis(0))
            .yAxisTitle(map.axis(1))
            .build();
    CurveChart.plain(chart.getStyler());
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    chart.getStyler().setMarkerSize(layers > 8 ? 6 : 8);
    int i = 0;
    for (var layer : map.points().entrySet()) {
      List<double[]> own = layer.getValue();
      XYSeries series =
          chart.addSeries(
              layer.getKey(),
              own.stream().mapToDouble(point -> point[0]).toArray(),
              own.stream().mapToDouble(point -> point[1]).toArray());
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(colour(i++, layers));
    }
    return CurveChart.paint(chart, WIDTH, height);
  }

  /** From blue at the input through green to red at the output. */
  private static Color colour(int layer, int layers) {
    float hue = layers == 1 ? 0.6f : 0.66f * (1 - layer / (layers - 1f));
    return Color.getHSBColor(hue, 0.85f, 0.8f);
  }
}
