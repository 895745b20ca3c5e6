// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The results of a trained model on the test data.
 *
 * @param metrics by name, as in evaluations
 * @param words the results in human-readable form, beside those on the validation data
 * @param figures the results in machine-readable form: {@code testError}, {@code validationError}
 */
public record TestResult(Map<String, Double> metrics, String words, Map<String, Double> figures) {
  /** Copies the maps and keeps their order. */
  public TestResult {
    metrics = new LinkedHashMap<>(metrics);
    figures = new LinkedHashMap<>(figures);
  }

  /** A metric of the test data, NaN if there is none of this name. */
  public double metric(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }
}
