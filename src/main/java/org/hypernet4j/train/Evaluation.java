// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measurements on held-out data.
 *
 * @param step number of steps done before it
 * @param metrics values by name, in order
 * @param criterion the metric that decides which parameters are best; lower is better
 */
public record Evaluation(long step, Map<String, Double> metrics, String criterion) {
  /** Keys of a line of {@code metrics.jsonl} other than the metrics. */
  private static final List<String> TAKEN = List.of("kind", "step", "best");

  /**
   * Keeps the order of the metrics and checks that the criterion is among them, and that none has a
   * reserved name.
   */
  public Evaluation {
    metrics = new LinkedHashMap<>(metrics);
    for (String name : TAKEN) {
      if (metrics.containsKey(name)) {
        throw new IllegalArgumentException("No metric can be called '" + name + "'");
      }
    }
    if (!metrics.containsKey(criterion)) {
      throw new IllegalArgumentException(
          "The criterion '" + criterion + "' is not among the metrics " + metrics.keySet());
    }
  }

  /** The value of the criterion. */
  public double value() {
    return Objects.requireNonNull(metrics.get(criterion));
  }
}
