// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.measure.Calibration;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.picture.ReliabilityChart;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;

/**
 * A reliability diagram of the test digits, and how the entropies of digits and of images from
 * outside are spread.
 */
final class UncertaintyPictures {
  private static final int BINS = 23;

  private final OpenedMember model;
  private final Path folder;
  private final UncertaintyData data;

  UncertaintyPictures(OpenedMember model, DrawOptions options) {
    this.model = model;
    this.folder = options.folder();
    this.data = UncertaintyData.load(model.spec().data(), options.data());
  }

  Drawing draw() {
    Predictor predictor = Uncertainty.predictor(model);
    Predictor.Predictions inside = predictor.predict(data.digits().test());
    Calibration calibration =
        Calibration.of(inside.together().mean(), data.digits().test().labels());
    Chart entropies =
        Chart.of("Entropy of the predictions: " + model.spec().name(), "entropy, nats", "share, %")
            .withX(0, Math.log(10));
    entropies = add(entropies, "test digits", inside.together().entropy());
    for (OutsideSets.OutsideSet set : data.outside().sets()) {
      entropies = add(entropies, set.title(), predictor.predict(set.images()).together().entropy());
    }
    entropies =
        add(
            entropies,
            "test digits turned by 90 degrees",
            predictor.predict(data.turned()).together().entropy());
    List<Path> files = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    write(
        "reliability",
        ReliabilityChart.of("Reliability: " + model.spec().name(), calibration),
        files);
    lines.add("accuracy over confidence of the test digits in " + files.get(0));
    write("entropy", entropies, files);
    lines.add("entropies of digits and of images from outside in " + files.get(2));
    lines.addAll(data.notes());
    return new Drawing(lines, new JsonObject(), files);
  }

  /** The shares of a set in equal ranges of entropy, in percent, at the middles of the ranges. */
  private static Chart add(Chart chart, String name, double[] entropies) {
    double width = Math.log(10) / BINS;
    double[] middles = new double[BINS];
    double[] shares = new double[BINS];
    for (int b = 0; b < BINS; b++) {
      middles[b] = (b + 0.5) * width;
    }
    for (double entropy : entropies) {
      shares[Math.min(BINS - 1, (int) (entropy / width))] += 100.0 / entropies.length;
    }
    return chart.line(name, middles, shares);
  }

  private void write(String name, Chart chart, List<Path> files) {
    Path png = folder.resolve(name + ".png");
    Path svg = folder.resolve(name + ".svg");
    ChartPicture.writePng(png, chart);
    ChartPicture.writeSvg(svg, chart);
    files.add(png);
    files.add(svg);
  }
}
