// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
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
