// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;

/** The results of a front of networks as figures, as a table and as a picture. */
final class FrontFigures {
  static final List<ComparedFigure> COMPARED =
      List.of(
          ComparedFigure.number("hypervolume", "hypervolume", 4),
          ComparedFigure.number("meanLoss", "mean loss", 4),
          ComparedFigure.share("firstAccuracy", "first digit, favoured"),
          ComparedFigure.share("secondAccuracy", "second digit, favoured"),
          ComparedFigure.share("evenFirstAccuracy", "first, equal weights"),
          ComparedFigure.share("evenSecondAccuracy", "second, equal weights"));

  private static final String FIRST_LOSS = "FirstLoss";
  private static final String SECOND_LOSS = "SecondLoss";

  private FrontFigures() {}

  /** The results on the test pictures. */
  static TestResult result(List<RayResult> rays, double validation, int pictures) {
    RayResult first = rays.get(0);
    RayResult even = rays.get(rays.size() / 2);
    RayResult last = rays.get(rays.size() - 1);
    double hypervolume = RayResult.hypervolume(rays);
    double loss = RayResult.meanLoss(rays);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("hypervolume", hypervolume);
    figures.put("meanLoss", loss);
    figures.put("validationMeanLoss", validation);
    figures.put("firstAccuracy", first.first().accuracy());
    figures.put("secondAccuracy", last.second().accuracy());
    figures.put("evenFirstAccuracy", even.first().accuracy());
    figures.put("evenSecondAccuracy", even.second().accuracy());
    for (int i = 0; i < rays.size(); i++) {
      RayResult ray = rays.get(i);
      figures.put(name(i) + "FirstWeight", (double) ray.preference()[0]);
      figures.put(name(i) + FIRST_LOSS, ray.first().loss());
      figures.put(name(i) + SECOND_LOSS, ray.second().loss());
      figures.put(name(i) + "FirstAccuracy", ray.first().accuracy());
      figures.put(name(i) + "SecondAccuracy", ray.second().accuracy());
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    metrics.put("hypervolume", hypervolume);
    return new TestResult(
        metrics,
        String.format(
            Locale.ROOT,
            "test hypervolume %.4f up to losses of %.0f (%d preferences, %,d pictures), mean loss"
                + " %.4f, validation %.4f",
            hypervolume,
            RayResult.REFERENCE,
            rays.size(),
            pictures,
            loss,
            validation),
        figures,
        lines(rays));
  }

  private static String name(int ray) {
    return "ray" + (ray + 1);
  }

  private static List<String> lines(List<RayResult> rays) {
    return rays.stream()
        .map(
            ray ->
                String.format(
                    Locale.ROOT,
                    "weights %.3f, %.3f: losses %.4f, %.4f; accuracies %.2f %%, %.2f %%",
                    ray.preference()[0],
                    ray.preference()[1],
                    ray.first().loss(),
                    ray.second().loss(),
                    100 * ray.first().accuracy(),
                    100 * ray.second().accuracy()))
        .toList();
  }

  /**
   * The fronts of several models.
   *
   * @param figures of {@link #result} by the model's name
   */
  static Chart chart(Map<String, Map<String, Double>> figures) {
    boolean alone = figures.size() == 1;
    Chart chart =
        Chart.of(
            alone
                ? "Losses of test pictures; numbers: weight of the first"
                : "Losses of test pictures",
            "loss of the first digit",
            "loss of the second digit");
    for (Map.Entry<String, Map<String, Double>> model : figures.entrySet()) {
      List<double[]> points = new ArrayList<>();
      List<String> weights = new ArrayList<>();
      for (int i = 0; i < Preferences.TESTED; i++) {
        double[] point = {
          model.getValue().getOrDefault(name(i) + FIRST_LOSS, Double.NaN),
          model.getValue().getOrDefault(name(i) + SECOND_LOSS, Double.NaN)
        };
        boolean known =
            points.stream().anyMatch(other -> other[0] == point[0] && other[1] == point[1]);
        if (!known) {
          points.add(point);
          weights.add(
              String.format(
                  Locale.ROOT,
                  "%.2f",
                  model.getValue().getOrDefault(name(i) + "FirstWeight", Double.NaN)));
        }
      }
      double[] x = points.stream().mapToDouble(point -> point[0]).toArray();
      double[] y = points.stream().mapToDouble(point -> point[1]).toArray();
      // networks that answer several of the preferences are few and not on one line
      chart =
          points.size() < Preferences.TESTED
              ? chart.points(model.getKey(), x, y, List.of())
              : chart.line(model.getKey(), x, y, alone ? weights : List.of());
    }
    return chart;
  }

  /** Writes the front of one model as pictures and as a table. */
  static Drawing draw(String model, List<RayResult> rays, Path folder) {
    Chart chart = chart(Map.of(model, result(rays, Double.NaN, 0).figures()));
    Path svg = folder.resolve("front.svg");
    Path png = folder.resolve("front.png");
    Path csv = folder.resolve("front.csv");
    ChartPicture.writeSvg(svg, chart);
    ChartPicture.writePng(png, chart);
    AtomicFiles.writeString(csv, csv(rays));
    List<String> lines = new ArrayList<>(lines(rays));
    lines.add("front of the two losses in " + svg + ", " + png + " and " + csv);
    return new Drawing(lines, new JsonObject(), List.of(svg, png, csv));
  }

  private static String csv(List<RayResult> rays) {
    StringBuilder text =
        new StringBuilder(
            "first_weight,second_weight,first_loss,second_loss,first_accuracy,second_accuracy\n");
    for (RayResult ray : rays) {
      text.append(ray.preference()[0])
          .append(',')
          .append(ray.preference()[1])
          .append(',')
          .append(ray.first().loss())
          .append(',')
          .append(ray.second().loss())
          .append(',')
          .append(ray.first().accuracy())
          .append(',')
          .append(ray.second().accuracy())
          .append('\n');
    }
    return text.toString();
  }
}
