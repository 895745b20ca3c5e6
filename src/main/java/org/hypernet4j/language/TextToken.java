// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A symbol of a {@link TextStream}.
 *
 * @param id its number in the vocabulary
 * @param text the characters that are complete with it; empty inside a character of several bytes
 * @param probability of the symbol among all symbols of the vocabulary, given those before it, as
 *     the model states it: at temperature 1, without top-k. NaN for the first of a prompt
 * @param changes how far the weights of each gate moved when the model read this symbol, the
 *     Frobenius norm, by weight and gate: {@code W_h_i}; none if the stream was not asked for them,
 *     for a model of constant weights, and for the first symbol
 */
public record TextToken(int id, String text, double probability, Map<String, Double> changes) {
  /** Keeps the order. */
  public TextToken {
    changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }
}
