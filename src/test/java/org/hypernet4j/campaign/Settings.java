// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a campaign is run.
 *
 * @param minutes how long about, on two cores; the number of attempts grows with it
 * @param seed decides every attempt
 * @param only the kinds to try, with the seed of one attempt or null for all; empty for all kinds
 * @param folder where it works and reports
 */
record Settings(double minutes, long seed, Map<String, @Nullable Long> only, Path folder) {
  private static final double FULL_MINUTES = 20;

  /**
   * Reads {@code campaign.minutes}, {@code campaign.seed}, {@code campaign.only} ({@code
   * KIND[:SEED],...}) and {@code campaign.folder}.
   */
  static Settings ofProperties() {
    Map<String, @Nullable Long> only = new LinkedHashMap<>();
    for (String each : System.getProperty("campaign.only", "").split(",", -1)) {
      if (!each.isBlank()) {
        int colon = each.indexOf(':');
        only.put(
            (colon < 0 ? each : each.substring(0, colon)).strip(),
            colon < 0 ? null : (Long) Long.parseLong(each.substring(colon + 1).strip()));
      }
    }
    return new Settings(
        Double.parseDouble(System.getProperty("campaign.minutes", "20")),
        Long.parseLong(System.getProperty("campaign.seed", "1")),
        only,
        Path.of(System.getProperty("campaign.folder", "target/campaign")));
  }

  boolean includes(FaultKind kind) {
    return only.isEmpty() || only.containsKey(kind.name());
  }

  /** The seeds of the attempts of a kind. */
  long[] seeds(FaultKind kind) {
    Long one = only.get(kind.name());
    if (one != null) {
      return new long[] {one};
    }
    int count = (int) Math.max(1, Math.round(kind.attempts() * minutes / FULL_MINUTES));
    long[] seeds = new long[count];
    for (int i = 0; i < count; i++) {
      seeds[i] = kind.seed(seed, i);
    }
    return seeds;
  }
}
