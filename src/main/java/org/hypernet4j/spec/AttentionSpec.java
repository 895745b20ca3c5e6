// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.jspecify.annotations.Nullable;

/**
 * How a decoder attends to what the encoder has read.
 *
 * @param units null for the units of the decoder's cells
 */
@Doc("How the decoder attends to what the encoder has read")
public record AttentionSpec(
    @Doc(
            "additive: v tanh(W_m m + W_q q), normed-additive: with a normalised v, a gain and a"
                + " bias; multiplicative: q W_m m, scaled-multiplicative: with a gain")
        @Default("\"normed-additive\"")
        Score score,
    @Doc("A: size of a key, of an additive score; the cells' units if left out")
        @Default(Default.NONE)
        @Range(min = 1, max = 65_536)
        @Nullable Integer units) {

  /** Refuses a size of keys that the product with a query leaves no choice for. */
  public AttentionSpec {
    if (units != null && !score.additive()) {
      throw UserError.in("units")
          .what("the keys of a multiplicative score are as wide as the query")
          .expected("nothing")
          .received(units)
          .next("leave 'attention.units' out")
          .build();
    }
  }

  /** The score of a query and a key. */
  public enum Score {
    /** Bahdanau's. */
    @SerializedName("additive")
    ADDITIVE,
    /** Bahdanau's with weight normalisation. */
    @SerializedName("normed-additive")
    NORMED_ADDITIVE,
    /** Luong's. */
    @SerializedName("multiplicative")
    MULTIPLICATIVE,
    /** Luong's times a learned number. */
    @SerializedName("scaled-multiplicative")
    SCALED_MULTIPLICATIVE;

    /** Whether the keys have a size of their own. */
    public boolean additive() {
      return this == ADDITIVE || this == NORMED_ADDITIVE;
    }
  }
}
