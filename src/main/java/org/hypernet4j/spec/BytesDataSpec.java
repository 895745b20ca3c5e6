// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * A file whose symbols are its bytes, such as enwik8.
 *
 * @param first number of bytes from the start that are used; null for all
 */
@Doc("A file whose symbols are its bytes, such as enwik8, gzipped or not")
@TypeName("bytes")
public record BytesDataSpec(
    @Doc("T: steps that are unrolled in training; the state is carried on")
        @Default("100")
        @Range(min = 1, max = 100_000)
        int sequenceLength,
    @Doc("Bytes from the start that are used; left out, all of them")
        @Default(Default.NONE)
        @Range(min = 1, max = 2_000_000_000)
        @Nullable Integer first,
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
  public BytesDataSpec {
    LanguageDataSpec.requireShares(validationShare, testShare);
  }
}
