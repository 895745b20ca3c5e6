// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import org.hypernet4j.random.StatelessRandom;

/**
 * Seeds of the stateless random ops.
 *
 * <p>The seed of a parameter is derived from the seed of the run and its name, so that its initial
 * value depends neither on the order in which a model is built nor on the rest of the graph.
 */
public final class Seeds {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Seeds() {}

  /** The seed for a name: FNV-1a over the name, mixed with the seed of the run. */
  public static long of(long seed, String name) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * FNV_PRIME;
    }
    return mix(hash ^ mix(seed));
  }

  /** The first number of SplitMix64: every bit of the state changes every bit of it. */
  private static long mix(long state) {
    return StatelessRandom.of(state).bits(0);
  }
}
