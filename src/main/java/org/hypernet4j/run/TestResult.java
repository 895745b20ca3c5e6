// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results of a trained model on the test data.
 *
 * @param metrics by name, as in evaluations
 * @param words the results in human-readable form, beside those on the validation data
 * @param figures the results in machine-readable form: {@code testError}, {@code validationError}
 * @param beside lines to print below the words, with figures to compare them with
 */
public record TestResult(
    Map<String, Double> metrics, String words, Map<String, Double> figures, List<String> beside) {
  /** Copies the maps and keeps their order. */
  public TestResult {
    metrics = new LinkedHashMap<>(metrics);
    figures = new LinkedHashMap<>(figures);
    beside = List.copyOf(beside);
  }

  /** Results with nothing to compare them with. */
  public TestResult(Map<String, Double> metrics, String words, Map<String, Double> figures) {
    this(metrics, words, figures, List.of());
  }

  /** A metric of the test data, NaN if there is none of this name. */
  public double metric(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }
}
