// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.measure.Metric;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.RunRecord;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a finished run, for {@link ReportPage}.
 *
 * @param validation metrics of the best evaluation by name
 * @param record what its end has shown; null of a run that has not recorded it, or that went on
 *     since
 * @param paper the results of the literature to put beside
 * @param pictures of the trained model, SVG or PNG, in the order of the page
 * @param notes human-readable remarks on the pictures: what a figure says, why there are none
 * @param commands with which the model is used, a line each
 */
public record RunReport(
    RunFolder folder,
    ExperimentSpec spec,
    long bestStep,
    Map<String, Double> validation,
    Provenance provenance,
    @Nullable RunRecord record,
    Optional<PaperResult> paper,
    List<Path> pictures,
    List<String> notes,
    List<String> commands) {

  /** Copies the lists. */
  public RunReport {
    validation = new LinkedHashMap<>(validation);
    pictures = List.copyOf(pictures);
    notes = List.copyOf(notes);
    commands = List.copyOf(commands);
  }

  /**
   * Collects what the folder of a run says.
   *
   * @param pictures files that {@link FinishedRun#draw} has made
   * @param notes to print below them
   * @param commands with which the model is used
   * @throws org.hypernet4j.error.UserError if a file of the run cannot be read
   */
  public static RunReport of(
      FinishedRun run, List<Path> pictures, List<String> notes, List<String> commands) {
    ExperimentSpec spec = run.specification();
    Provenance provenance = run.provenance();
    Map<String, Double> validation = provenance.validation();
    return new RunReport(
        run.folder(),
        spec,
        run.bestStep(),
        validation == null ? Map.of() : validation,
        provenance,
        RunRecord.read(run.folder())
            .filter(record -> record.bestStep() == run.bestStep())
            .orElse(null),
        PaperResult.of(spec),
        choose(pictures),
        notes,
        commands);
  }

  /** Pictures only, each once: as SVG where there is one, and not its moving copy. */
  private static List<Path> choose(List<Path> files) {
    List<Path> chosen = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      boolean vector = name.endsWith(".svg") && !name.endsWith("-animated.svg");
      boolean only =
          name.endsWith(".png")
              && !files.contains(file.resolveSibling(name.replaceFirst("png$", "svg")));
      if (vector || only) {
        chosen.add(file);
      }
    }
    return chosen;
  }

  /** The metrics of validation and test; first the one by which the run is judged. */
  List<Metric> metrics() {
    List<String> names = new ArrayList<>(validation.keySet());
    String judged = ModelFamilies.of(spec).curve(spec);
    if (names.remove(judged)) {
      names.add(0, judged);
    }
    if (record != null) {
      record.test().keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
    }
    return names.stream().map(Metric::of).toList();
  }

  /** A metric of the test data; NaN if it was not measured. */
  double test(String metric) {
    return record == null ? Double.NaN : record.test().getOrDefault(metric, Double.NaN);
  }
}
