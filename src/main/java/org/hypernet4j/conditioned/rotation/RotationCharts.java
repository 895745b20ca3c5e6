// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.RunFolder;

/** Charts of the accuracy over the angle. */
final class RotationCharts {
  private static final String ACCURACY = "accuracy" + RotationScores.AT;
  private static final String ALONE = "accuracyBase" + RotationScores.AT;

  private RotationCharts() {}

  private static Chart empty(String title) {
    return Chart.of(title, "angle in degrees", "accuracy in percent").withY(0, 100);
  }

  /** Several models, each a line; the frozen network of adapters too. */
  static Chart compared(Map<String, Map<String, Double>> figures) {
    Chart chart = empty("Digits turned by an angle");
    Map<Double, Double> alone = Map.of();
    for (Map.Entry<String, Map<String, Double>> model : figures.entrySet()) {
      chart = line(chart, model.getKey(), shares(ACCURACY, model.getValue()));
      alone = alone.isEmpty() ? shares(ALONE, model.getValue()) : alone;
    }
    return line(chart, "base alone", alone);
  }

  private static Chart line(Chart chart, String name, Map<Double, Double> shares) {
    return shares.isEmpty()
        ? chart
        : chart.line(
            name,
            shares.keySet().stream().mapToDouble(degrees -> degrees).toArray(),
            shares.values().stream().mapToDouble(share -> 100 * share).toArray());
  }

  /** The figures of the angles, by angle. */
  private static Map<Double, Double> shares(String prefix, Map<String, Double> figures) {
    Map<Double, Double> shares = new TreeMap<>();
    figures.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            shares.put(Double.valueOf(name.substring(prefix.length())), value);
          }
        });
    return shares;
  }

  /**
   * Draws one model into a folder, with the numbers.
   *
   * @param below lines on the figures
   */
  static Drawing draw(
      String name,
      RotationScores scores,
      Map<String, Double> figures,
      List<String> below,
      Path folder) {
    RunFolder.makeFolder(folder);
    Map<Double, Double> all = shares(ACCURACY, figures);
    Map<Double, Double> alone = shares(ALONE, figures);
    Chart chart = line(empty("Digits turned by an angle: " + name), "all angles", all);
    Map<Double, Double> seen = new TreeMap<>();
    scores
        .angles()
        .seen()
        .forEach(
            degrees -> {
              String text = Descriptor.text(degrees);
              seen.put(Double.valueOf(text), figures.get(ACCURACY + text));
            });
    chart =
        chart.points(
            "angles of the training",
            seen.keySet().stream().mapToDouble(degrees -> degrees).toArray(),
            seen.values().stream().mapToDouble(share -> 100 * share).toArray(),
            List.of());
    chart = line(chart, "base alone", alone);
    Path svg = folder.resolve("accuracy.svg");
    Path png = folder.resolve("accuracy.png");
    Path csv = folder.resolve("accuracy.csv");
    ChartPicture.writeSvg(svg, chart);
    ChartPicture.writePng(png, chart);
    AtomicFiles.writeString(csv, csv(all, seen, alone));
    List<String> lines = new ArrayList<>(List.of(scores.words()));
    lines.addAll(below);
    lines.add("accuracy over the angle in " + svg + ", " + png + " and " + csv);
    JsonObject json = new JsonObject();
    figures.forEach(json::addProperty);
    return new Drawing(lines, json, List.of(svg, png, csv));
  }

  private static String csv(
      Map<Double, Double> all, Map<Double, Double> seen, Map<Double, Double> alone) {
    StringBuilder text = new StringBuilder("degrees,seen,accuracy");
    text.append(alone.isEmpty() ? "\n" : ",base\n");
    all.forEach(
        (degrees, share) -> {
          text.append(Descriptor.text(degrees))
              .append(',')
              .append(seen.containsKey(degrees))
              .append(',')
              .append(share);
          text.append(alone.isEmpty() ? "" : "," + alone.get(degrees)).append('\n');
        });
    return text.toString();
  }
}
