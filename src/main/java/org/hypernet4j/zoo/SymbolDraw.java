// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.random.StatelessRandom;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the next symbol from a model's logits: the logits are divided by the temperature,
 * all but the largest {@code topK} are left out, and one symbol is drawn from the softmax of the
 * rest, with a random number that the seed and the symbol's position determine. Equal logits count
 * in the order of their ids.
 *
 * <p>{@link SampleLoop} does the same inside a graph, with the same random numbers: where the
 * logits are equal, so are the symbols.
 *
 * @param temperature above 0; 1 draws from the model's own distribution, lower values favour
 *     probable symbols
 * @param topK at least 1; 1 takes the most probable symbol; null for all
 * @param seed of {@link StatelessRandom}
 */
public record SymbolDraw(float temperature, @Nullable Integer topK, long seed) {
  /** Below this temperature the most probable symbol is taken: the rest has underflowed. */
  static final float COLD = 1e-30f;

  /** Checks temperature and topK. */
  public SymbolDraw {
    if (!(temperature > 0) || temperature == Float.POSITIVE_INFINITY) {
      throw UserError.in("temperature")
          .what("nothing can be drawn with it")
          .expected("a finite number above 0")
          .received(temperature)
          .next("for the most probable symbols use top-k 1")
          .build();
    }
    if (topK != null && topK < 1) {
      throw UserError.in("top-k")
          .what("no symbol is left to draw")
          .expected("1 or more")
          .received(topK)
          .build();
    }
  }

  /**
   * Chooses a symbol.
   *
   * @param logits one for each symbol that may be drawn
   * @param position number of symbols drawn before, 0 for the first
   * @return an id, below the number of logits
   */
  public int choose(float[] logits, long position) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw UserError.in("symbol " + position)
            .what("the model's scores are not finite")
            .received(logit)
            .next("train again, or use an earlier checkpoint")
            .build();
      }
    }
    List<Integer> order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble(id -> 0.0 - logits[id])) // both zeros are one
            .toList();
    int kept = topK == null ? logits.length : Math.min(topK, logits.length);
    if (temperature < COLD) {
      return order.get(0);
    }
    double largest = logits[order.get(0)];
    double[] sums = new double[kept];
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += Math.exp((logits[order.get(i)] - largest) / temperature);
      sums[i] = sum;
    }
    double drawn = StatelessRandom.of(seed).uniform(position) * sum;
    int at = 0;
    while (at < kept - 1 && sums[at] <= drawn) {
      at++;
    }
    return order.get(at);
  }
}
