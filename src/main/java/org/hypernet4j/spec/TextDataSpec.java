// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** A text in UTF-8 whose symbols are its code points; without a file, Tiny Shakespeare. */
@Doc("A text in UTF-8, by characters, gzipped or not; built in: Tiny Shakespeare, 65 symbols")
@TypeName("text")
public record TextDataSpec(
    @Doc("T: steps that are unrolled in training; the state is carried on")
        @Default("64")
        @Range(min = 1, max = 100_000)
        int sequenceLength,
    @Doc("Share of the text, before the test part, that is held back for validation")
        @Default("0.05")
        @Range(above = 0, below = 1)
        double validationShare,
    @Doc("Share of the text, its end, that is the test part")
        @Default("0.05")
        @Range(above = 0, below = 1)
        double testShare)
    implements DataSpec, LanguageDataSpec {

  /** Checks the shares together. */
  public TextDataSpec {
    LanguageDataSpec.requireShares(validationShare, testShare);
  }
}
