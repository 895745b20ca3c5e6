// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** The Penn Treebank by characters, in Mikolov's split; 50 symbols. */
@Doc("Penn Treebank, characters, Mikolov's split: ptb.char.{train,valid,test}.txt, gzipped or not")
@TypeName("ptb")
public record PtbDataSpec(
    @Doc("T: steps that are unrolled in training; the state is carried on")
        @Default("100")
        @Range(min = 1, max = 100_000)
        int sequenceLength)
    implements DataSpec, LanguageDataSpec {

  /** Number of different symbols. */
  public static final int SYMBOLS = 50;
}
