// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Words made of Omniglot characters side by side, with their text known. */
@Doc("Words made of built-in Omniglot characters set side by side, with their text")
@TypeName("pen-words")
public record PenWordsDataSpec(
    @Doc("Different characters") @Default("10") @Range(min = 2, max = 26) int characters,
    @Doc("Training words") @Default("4000") @Range(min = 1, max = 1_000_000) int words,
    @Doc("Characters of the shortest word") @Default("2") @Range(min = 1, max = 100) int shortest,
    @Doc("Characters of the longest word") @Default("5") @Range(min = 1, max = 100) int longest,
    @Doc("Seed of the words") @Default("1") @Range(min = 0, max = 9_007_199_254_740_991d)
        long seed,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {

  /** Checks the lengths together. */
  public PenWordsDataSpec {
    if (shortest > longest) {
      throw UserError.in("shortest")
          .what("longer than the longest word")
          .expected("at most longest, " + longest)
          .received(shortest)
          .build();
    }
  }
}
