// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;

/**
 * One metric of a run over its steps, as {@link MetricsFile} wrote it.
 *
 * <pre>{@code
 * MetricCurve curve = MetricCurve.read(run.metrics(), "validation", "bpc");
 * }</pre>
 *
 * @param steps ascending, each once; at least one
 * @param values the metric at each of them; NaN or infinite where the training had diverged
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record MetricCurve(long[] steps, double[] values) {
  /** More points than a picture can show side by side. */
  private static final int MANY = 200;

  /** The range, as a factor, from which on small values can no longer be seen on a linear axis. */
  private static final double WIDE = 20;

  /**
   * Reads a curve. If a step occurs more than once, as in a resumed run, its last line counts.
   *
   * @param file a {@code metrics.jsonl}
   * @param kind of the lines to read: train, validation
   * @param metric loss, bpc, error, ...
   * @throws UserError if there is no such file, a line of it is broken, no line is of that kind, or
   *     the lines of that kind lack the metric
   */
  public static MetricCurve read(Path file, String kind, String metric) {
    TreeMap<Long, Double> curve = new TreeMap<>();
    Set<String> kinds = new TreeSet<>();
    Set<String> metrics = new TreeSet<>();
    int number = 0;
    for (Iterator<String> lines = text(file).lines().iterator(); lines.hasNext(); ) {
      MetricLine line = MetricLine.of(lines.next(), file, ++number);
      kinds.add(line.kind());
      if (line.kind().equals(kind)) {
        metrics.addAll(line.metrics().keySet());
        Double value = line.metrics().get(metric);
        if (value != null) {
          curve.put(line.step(), value);
        }
      }
    }
    if (!kinds.contains(kind)) {
      throw UserError.in(file)
          .what("no line of kind '" + kind + "'")
          .expected(kinds.isEmpty() ? "lines" : "one of " + String.join(", ", kinds))
          .received(kinds.isEmpty() ? "an empty file" : kind)
          .next("is the run long enough to have been evaluated?")
          .build();
    }
    if (curve.isEmpty()) {
      throw UserError.in(file)
          .what("no metric '" + metric + "' in the lines of kind '" + kind + "'")
          .expected("one of " + String.join(", ", metrics))
          .received(metric)
          .next("name one of them with " + Setting.of("metric"))
          .build();
    }
    return new MetricCurve(
        curve.keySet().stream().mapToLong(Long::longValue).toArray(),
        curve.values().stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The metrics that the lines of a kind have, in alphabetical order.
   *
   * @throws UserError if there is no such file, or a line of it is broken
   */
  public static Set<String> names(Path file, String kind) {
    Set<String> names = new TreeSet<>();
    int number = 0;
    for (Iterator<String> lines = text(file).lines().iterator(); lines.hasNext(); ) {
      MetricLine line = MetricLine.of(lines.next(), file, ++number);
      if (line.kind().equals(kind)) {
        names.addAll(line.metrics().keySet());
      }
    }
    return names;
  }

  /**
   * The last step whose evaluation was the best until then; empty in files that do not say it.
   *
   * @throws UserError if there is no such file, or a line of it is broken
   */
  public static OptionalLong bestStep(Path file) {
    TreeMap<Long, Boolean> best = new TreeMap<>();
    int number = 0;
    for (Iterator<String> lines = text(file).lines().iterator(); lines.hasNext(); ) {
      MetricLine line = MetricLine.of(lines.next(), file, ++number);
      if (line.kind().equals("validation")) {
        best.put(line.step(), line.best());
      }
    }
    return best.descendingMap().entrySet().stream()
        .filter(Map.Entry::getValue)
        .mapToLong(Map.Entry::getKey)
        .findFirst();
  }

  /**
   * The curve of means over neighbouring points, of fewer towards both ends.
   *
   * @param points how many points a mean is over, an odd number; 1 for the curve itself
   */
  public MetricCurve smoothed(int points) {
    if (points < 1 || points % 2 == 0) {
      throw new IllegalArgumentException("a mean over " + points + " points");
    }
    double[] means = new double[values.length];
    for (int i = 0; i < means.length; i++) {
      // as many on one side as on the other, or the ends would be shifted
      int side = Math.min(points / 2, Math.min(i, means.length - 1 - i));
      means[i] =
          Arrays.stream(values, i - side, i + side + 1)
              .filter(Double::isFinite)
              .average()
              .orElse(Double.NaN);
    }
    return new MetricCurve(steps, means);
  }

  /**
   * Over how many points a curve of a training's losses is best smoothed: enough to see where it
   * goes, few enough to see what happened; 1 for a curve of few points.
   */
  public int smoothing() {
    return steps.length <= MANY ? 1 : steps.length / MANY * 4 + 1;
  }

  /**
   * Whether curves are better seen on a logarithmic axis: all values are above 0, and the largest
   * is at least 20 times the smallest.
   */
  public static boolean areWide(List<MetricCurve> curves) {
    double[] values =
        curves.stream()
            .flatMapToDouble(curve -> Arrays.stream(curve.values))
            .filter(Double::isFinite)
            .toArray();
    double least = Arrays.stream(values).min().orElse(0);
    return least > 0 && Arrays.stream(values).max().orElse(0) / least >= WIDE;
  }

  private static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      throw UserError.in(file)
          .what("the run has no metrics")
          .expected("a file of losses and evaluations")
          .received("no such file")
          .next("train the run first")
          .build();
    }
    try {
      return new String(
          RegularFiles.readAllBytes(file, RegularFiles.RECORD), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw UserError.in(file)
          .what("the metrics cannot be read")
          .received(e.toString())
          .next("check the file's permissions")
          .cause(e)
          .build();
    }
  }
}
