// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** Ranks and accuracies with generated weights against those after training, and a table. */
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
    String title =
        String.format(
            Locale.ROOT,
            "Pairs of widths, rank correlation %.3f",
            Ranks.spearman(generated, trained));
    Path table = folder.resolve("widths.csv");
    List<Path> ranks =
        write(
            folder,
            "ranks",
            Chart.of(title, "rank with generated weights", "rank after training, the last is best")
                .points("", Ranks.of(generated), Ranks.of(trained), names(nets))
                .guide("", new double[] {1, trained.length}, new double[] {1, trained.length})
                .withSquare());
    // without names, which would lie one upon the other: many nets are nearly as good
    List<Path> accuracies =
        write(
            folder,
            "accuracies",
            Chart.of(title, "accuracy with generated weights, %", "accuracy after training, %")
                .points("", generated, trained, List.of()));
    AtomicFiles.writeString(table, table(design, nets));
    List<Path> files = new ArrayList<>(ranks);
    files.addAll(accuracies);
    files.add(table);
    return new Drawing(
        List.of(
            "ranks of %d nets in %s and %s".formatted(trained.length, ranks.get(0), ranks.get(1)),
            "their accuracies in %s and %s".formatted(accuracies.get(0), accuracies.get(1)),
            "the same as a table in " + table),
        new JsonObject(),
        files);
  }

  private static List<String> names(ComparedNets nets) {
    return nets.complete().stream().map(Widths::toString).toList();
  }

  private static List<Path> write(Path folder, String name, Chart chart) {
    Path svg = folder.resolve(name + ".svg");
    Path png = folder.resolve(name + ".png");
    ChartPicture.writeSvg(svg, chart);
    ChartPicture.writePng(png, chart);
    return List.of(svg, png);
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
