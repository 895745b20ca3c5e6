// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Synthetic handwriting with its text, drawn with an alphabet of this project's own. */
@Doc("Synthetic handwriting: words with their text, drawn with a built-in alphabet of single lines")
@TypeName("pen-words")
public record PenWordsDataSpec(
    @Doc("Training drawings") @Default("8000") @Range(min = 1, max = 1_000_000) int train,
    @Doc("Validation drawings") @Default("400") @Range(min = 1, max = 1_000_000) int validation,
    @Doc("Test drawings") @Default("400") @Range(min = 1, max = 1_000_000) int test,
    @Doc("Words of a drawing at most: each number from 1 to this is equally likely")
        @Default("2")
        @Range(min = 1, max = 100)
        int mostWords,
    @Doc("Seed of texts and handwriting") @Default("1") @Range(min = 0, max = 9_007_199_254_740_991d)
        long seed,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {}
