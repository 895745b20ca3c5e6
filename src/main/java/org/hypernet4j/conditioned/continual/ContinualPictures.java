// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.picture.EmbeddingMap;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.spec.ContinualModelSpec;
import org.hypernet4j.train.MetricCurve;

/** The accuracy of each task over the training, and the embeddings of the tasks in a plane. */
final class ContinualPictures {
  private final OpenedMember model;
  private final Path folder;
  private final ContinualModelSpec design;
  private final int learned;

  ContinualPictures(OpenedMember model, Path folder) {
    this.model = model;
    this.folder = folder;
    this.design = ContinualLearning.spec(model.spec().model());
    this.learned = ContinualLearning.learned(model.spec());
  }

  Drawing draw() {
    AccuracyHistory history =
        AccuracyHistory.read(model.folder().metrics(), learned, design.stepsPerTask());
    Chart chart = accuracies(history);
    Path png = folder.resolve("accuracies.png");
    Path svg = folder.resolve("accuracies.svg");
    ChartPicture.writePng(png, chart);
    ChartPicture.writeSvg(svg, chart);
    List<Path> files = new ArrayList<>(List.of(png, svg));
    List<String> lines = new ArrayList<>();
    lines.add("accuracy of each task over the training in " + png + " and " + svg);
    lines.add(
        String.format(
            Locale.ROOT,
            "%.2f %% when a task had just been learned, since then %.2f points forgotten",
            100 * history.meanLearned(),
            100 * history.forgetting()));
    JsonObject figures = new JsonObject();
    figures.addProperty("accuracyWhenLearned", history.meanLearned());
    figures.addProperty("forgetting", history.forgetting());
    embeddings(lines, files);
    return new Drawing(lines, figures, files);
  }

  private Chart accuracies(AccuracyHistory history) {
    Chart chart =
        Chart.of(
                "Accuracy of each task, " + model.spec().name(),
                "tasks learned",
                "validation accuracy, %")
            .withX(0, learned);
    for (int t = 0; t < learned; t++) {
      MetricCurve curve = history.curves().get(t);
      double[] x = Arrays.stream(curve.steps()).mapToDouble(this::tasks).toArray();
      double[] y = Arrays.stream(curve.values()).map(value -> 100 * value).toArray();
      chart = chart.line("task " + t, x, y);
    }
    return chart.withOrder();
  }

  private double tasks(long steps) {
    return (double) steps / design.stepsPerTask();
  }

  private void embeddings(List<String> lines, List<Path> files) {
    if (!design.hasEmbeddings() || learned < 2) {
      lines.add("no map of embeddings: this model has fewer than two");
      return;
    }
    Parameter z = model.session().store().get(ContinualModel.EMBEDDINGS);
    float[] flat =
        Objects.requireNonNull(
            ParameterValues.read(model.session().session(), List.of(z)).get(z.name()));
    int size = design.taskEmbeddingSize();
    Map<String, float[][]> rows = new LinkedHashMap<>();
    for (int t = 0; t < learned; t++) {
      rows.put("task " + t, new float[][] {Arrays.copyOfRange(flat, t * size, (t + 1) * size)});
    }
    EmbeddingMap map = EmbeddingMap.of(rows);
    Path picture = folder.resolve("embeddings.png");
    Path table = folder.resolve("embeddings.csv");
    ChartPicture.writePng(picture, map.chart("Embeddings of tasks, " + model.spec().name()));
    AtomicFiles.writeString(table, map.csv());
    files.add(picture);
    files.add(table);
    lines.add("map of the embeddings of " + learned + " tasks in " + picture + " and " + table);
  }
}
