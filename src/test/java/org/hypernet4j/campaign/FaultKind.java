// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One idea of what can go wrong, tried with many seeds. */
interface FaultKind {
  /** Words joined by hyphens: what {@code -Dcampaign.only} takes. */
  String name();

  /** What counts as right, for the catalogue. */
  String right();

  /** How many attempts a campaign of 20 minutes makes. */
  int attempts();

  /** After how long an attempt counts as hanging. */
  default Duration limit() {
    return Duration.ofMinutes(1);
  }

  /**
   * Whether attempts share a worker JVM, which is started again after one that killed it. The
   * others run in the JVM of the campaign and start processes of their own.
   */
  default boolean inWorker() {
    return false;
  }

  /** Whether it attacks trained runs or models: data files are there for every kind. */
  default boolean needsTrained() {
    return true;
  }

  /** Why this machine cannot try it, or null. */
  default @Nullable String obstacle() {
    return null;
  }

  /**
   * The seed of an attempt, which decides all of it; kinds that count through a list override it.
   */
  default long seed(long campaignSeed, int index) {
    long mixed = campaignSeed * 0x9E3779B97F4A7C15L + name().hashCode() * 0x632BE59BD9B4E019L;
    mixed = (mixed ^ (mixed >>> 29)) + index * 0xD1342543DE82EF95L;
    return (mixed ^ (mixed >>> 32)) & 0x7FFF_FFFFL; // short enough to be typed
  }

  /**
   * Makes one attempt.
   *
   * @throws Wrong if what happened is not right; any other exception counts as wrong too
   */
  void attempt(Attempt attempt) throws Exception;
}
