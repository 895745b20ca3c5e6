// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.measure.Ranks;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.spec.PruningSpec;

/** Accuracy with generated weights against accuracy after training, as a chart and as a table. */
final class PruningPictures {
  private PruningPictures() {}

  /**
   * Draws what the training has measured.
   *
   * @throws UserError if its measurement was not finished
   */
  static Drawing draw(OpenedMember model, Path folder) {
    PruningSpec design = Pruning.spec(model.spec().model());
    ComparedNets nets =
        ComparedNets.read(model.folder().path())
            .filter(stored -> stored.complete().size() == design.compared().pairs())
            .orElseThrow(
                () ->
                    UserError.in(model.folder().path())
                        .what("the nets of the compared widths have not all been trained")
                        .expected(
                            "the results of %d nets in widths.json"
                                .formatted(design.compared().pairs()))
                        .next("go on with the run: train with " + Setting.of("resume"))
                        .build());
    double[] generated = nets.accuracies(nets.generated());
    double[] trained = nets.accuracies(nets.trained());
    Chart chart =
        Chart.of(
                String.format(
                    Locale.ROOT,
                    "Pairs of widths, rank correlation %.3f",
                    Ranks.spearman(generated, trained)),
                "accuracy with generated weights, %",
                "accuracy after training, %")
            .points(
                "", generated, trained, nets.complete().stream().map(Widths::toString).toList());
    Path svg = folder.resolve("widths.svg");
    Path png = folder.resolve("widths.png");
    Path table = folder.resolve("widths.csv");
    ChartPicture.writeSvg(svg, chart);
    ChartPicture.writePng(png, chart);
    AtomicFiles.writeString(table, table(design, nets));
    return new Drawing(
        List.of(
            "accuracies of %d nets in %s and %s".formatted(generated.length, svg, png),
            "the same as a table in " + table),
        new JsonObject(),
        List.of(svg, png, table),
        List.of());
  }

  private static String table(PruningSpec design, ComparedNets nets) {
    StringBuilder text =
        new StringBuilder("first_width,second_width,weights,generated_error,trained_error\n");
    for (Widths widths : nets.complete()) {
      text.append(widths)
          .append(',')
          .append(PruningMeasurement.weights(design, widths))
          .append(',')
          .append(nets.generated().get(widths))
          .append(',')
          .append(nets.trained().get(widths))
          .append('\n');
    }
    return text.toString();
  }
}
