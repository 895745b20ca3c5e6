// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.random;

/**
 * A key from which random numbers are read by position.
 *
 * <p>A key is immutable and small. {@link #fold} makes an independent key for a part of the work,
 * and a draw names its position instead of advancing a state, so that equal paths yield equal
 * numbers in any order and on any thread:
 *
 * <pre>{@code
 * StatelessRandom crops = StatelessRandom.of(seed).fold("crop");
 * int dy = crops.fold(step).fold(image).below(0, 3); // draw 0: one of 0, 1, 2
 * int dx = crops.fold(step).fold(image).below(1, 3); // draw 1
 * }</pre>
 *
 * <p>The numbers of one key are those of SplitMix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014) seeded with the key. They are suitable for
 * simulation and training, not for secrets. The sequence is part of what a checkpoint promises:
 * changing it changes what a resumed run computes.
 */
public final class StatelessRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** Keeps the keys made by {@link #fold} apart from the numbers drawn at the same positions. */
  private static final long FOLD = 0xD1B54A32D192ED03L;

  private final long key;

  private StatelessRandom(long key) {
    this.key = key;
  }

  /** The root key of a seed; every {@code long} is a good seed. */
  public static StatelessRandom of(long seed) {
    return new StatelessRandom(seed);
  }

  /** The key of a numbered part: an epoch, a step, the place in a batch. */
  public StatelessRandom fold(long part) {
    return new StatelessRandom(mix(bits(part) ^ FOLD));
  }

  /** The key of a named part: a stream such as {@code "shuffle"}, a parameter. */
  public StatelessRandom fold(String part) {
    // the length first, and negative: no chain of numbers that a caller counts with spells a name
    StatelessRandom folded = fold(-1L - part.length());
    for (int i = 0; i < part.length(); i++) {
      folded = folded.fold(part.charAt(i));
    }
    return folded;
  }

  /** The key itself, for a generator that needs a seed of its own. */
  public long key() {
    return key;
  }

  /** 64 random bits. */
  public long bits(long position) {
    return mix(key + (position + 1) * GOLDEN_GAMMA);
  }

  /** A whole number in [0, bound), uniform to within bound / 2^64. */
  public int below(long position, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, got " + bound);
    }
    long bits = bits(position);
    // the high half of the unsigned product: no division, and no rejection that would need a state
    return (int) (Math.multiplyHigh(bits, (long) bound) + ((bits >> 63) & bound));
  }

  /** A number in [0, 1), a multiple of 2^-53. */
  public double uniform(long position) {
    return (bits(position) >>> 11) * 0x1p-53;
  }

  /** The numbers 0 to n - 1 in random order (Fisher-Yates over positions 1 to n - 1). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = below(i, i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
