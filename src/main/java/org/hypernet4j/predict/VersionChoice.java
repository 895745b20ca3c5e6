// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.hypernet4j.predict.VersionPolicy.Latest;
import org.hypernet4j.predict.VersionPolicy.Specific;

/** What a policy says of the versions at hand. */
final class VersionChoice {
  private VersionChoice() {}

  /** The versions among those found that may be served, the newest first. */
  static List<Long> candidates(VersionPolicy policy, Collection<Long> found) {
    return found.stream()
        .filter(version -> !(policy instanceof Specific some) || some.versions().contains(version))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** How many of the candidates are served at most. */
  static int most(VersionPolicy policy) {
    return policy instanceof Latest latest ? latest.count() : Integer.MAX_VALUE;
  }
}
