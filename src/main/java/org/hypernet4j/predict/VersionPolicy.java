// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;

/** Which of the versions in a model's folder are served at a time. */
public sealed interface VersionPolicy {
  /** The newest one. */
  VersionPolicy NEWEST = new Latest(1);

  /** All there are. */
  VersionPolicy ALL = new Latest(Integer.MAX_VALUE);

  /**
   * The newest few.
   *
   * @param count how many at most
   */
  record Latest(int count) implements VersionPolicy {
    /** Needs a positive count. */
    public Latest {
      if (count < 1) {
        throw UserError.in("version policy")
            .what("serves no version")
            .expected("at least 1 version")
            .received(count)
            .build();
      }
    }
  }

  /**
   * Certain ones.
   *
   * @param versions their numbers
   */
  record Specific(SortedSet<Long> versions) implements VersionPolicy {
    /** Needs a version. */
    public Specific {
      versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
      if (versions.isEmpty()) {
        throw UserError.in("version policy")
            .what("serves no version")
            .expected("at least 1 version")
            .received("none")
            .build();
      }
    }

    /** Takes any collection. */
    public Specific(Collection<Long> versions) {
      this(new TreeSet<>(versions));
    }
  }
}
