// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import java.util.List;

/**
 * What became of a kind.
 *
 * @param kind of fault
 * @param tried how many attempts were made
 * @param failures those that were not right
 * @param time all attempts took together
 */
record Tally(FaultKind kind, int tried, List<Failure> failures, Duration time) {
  Tally {
    failures = List.copyOf(failures);
  }

  int wrong() {
    return failures.size();
  }

  int right() {
    return tried - wrong();
  }
}
