// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * Measurements of a language model while it read a text, symbol by symbol.
 *
 * @param ids the text
 * @param bits -log2 of the probability that the model assigned to each symbol, given those before
 *     it; NaN for the first, which has none before it
 * @param changes of the weights that a hypernetwork makes; none for a model whose weights stay as
 *     they are
 * @param memories the memory of the LSTMs; none for a model without one
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TextTrace(int[] ids, double[] bits, List<Change> changes, List<Memory> memories) {
  /** Copies the lists. */
  public TextTrace {
    changes = List.copyOf(changes);
    memories = List.copyOf(memories);
  }

  /**
   * The change of the weights of one gate from one step to the next.
   *
   * @param weight {@code W_h}, {@code W_x} or {@code beta}, {@code layerK/W_h} in a stack
   * @param gate {@code i}, {@code g}, {@code f} or {@code o}
   * @param norms Frobenius norm of the difference, for each step; NaN for the first, which has none
   *     before it
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Change(String weight, String gate, double[] norms) {}

  /**
   * The distribution of tanh(c) over all units and steps.
   *
   * @param part the part of the state, {@code main/c}
   * @param counts in {@link #BINS} equal bins from -1 to 1; a value on a border belongs to the
   *     upper bin, 1 to the last
   * @param saturated the number of values beyond plus or minus 0.9
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Memory(String part, long[] counts, long saturated) {
    /** Number of bins. */
    public static final int BINS = 100;

    /** The number of values. */
    public long total() {
      return Arrays.stream(counts).sum();
    }

    /** The share of each bin. */
    public double[] shares() {
      double total = total();
      return Arrays.stream(counts).mapToDouble(count -> count / total).toArray();
    }
  }

  /** Mean bits of the symbols that the model could predict. */
  public double bitsPerSymbol() {
    return Arrays.stream(bits).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  /**
   * Checks that there are changing weights to show (paper, Fig 4).
   *
   * @param where begins the message of an error, for example the run
   */
  public void requireChanges(String where) {
    if (changes.isEmpty()) {
      throw UserError.in(where)
          .what("the weights of this model are the same at every step: there is no change to show")
          .expected("a HyperLSTM, or a HyperRNN in the scaled form")
          .next("take another run; the histograms of tanh(c) need only an LSTM")
          .build();
    }
  }

  /**
   * Checks that there is an LSTM's memory to show (paper, Fig 5).
   *
   * @param where begins the message of an error, for example the run
   */
  public void requireMemories(String where) {
    if (memories.isEmpty()) {
      throw UserError.in(where)
          .what("this model has no memory cell c")
          .expected("an LSTM or a HyperLSTM")
          .next("take another run")
          .build();
    }
  }
}
