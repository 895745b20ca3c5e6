// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import org.hypernet4j.random.StatelessRandom;

/** The decisions of one sample sentence, one after another. */
final class SampleDraws {
  private final StatelessRandom random;
  private int position;

  SampleDraws(StatelessRandom random) {
    this.random = random;
  }

  /** A whole number in [0, bound). */
  int below(int bound) {
    return random.below(position++, bound);
  }

  /** True in so many of a hundred cases. */
  boolean chance(int percent) {
    return below(100) < percent;
  }

  <T> T pick(List<T> of) {
    return of.get(below(of.size()));
  }
}
