// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Synthetic handwriting with its text: words drawn with a built-in alphabet. */
@Doc("Synthetic handwriting with its text: words drawn with a built-in alphabet, by nobody")
@TypeName("pen-words")
public record PenWordsDataSpec(
    @Doc("Training drawings") @Default("4000") @Range(min = 1, max = 1_000_000) int train,
    @Doc("Validation drawings") @Default("400") @Range(min = 1, max = 1_000_000) int validation,
    @Doc("Test drawings") @Default("400") @Range(min = 1, max = 1_000_000) int test,
    @Doc("Words of a drawing: each number from 1 to this is equally likely")
        @Default("2")
        @Range(min = 1, max = 100)
        int mostWords,
    @Doc("Seed of texts and hands, apart from training.seed so that runs can be compared")
        @Default("1")
        @Range(min = 0, max = 9_007_199_254_740_991d)
        long seed,
    @Doc("What is done to the drawings") @Default("{}") DrawingsSpec drawings)
    implements DataSpec, DrawingDataSpec {}
