// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Matches;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * Sentences and their translations: pairs of files with a line for each sentence; without files the
 * built-in sample.
 *
 * @param vocabulary null to make it from the training sentences
 */
@Doc("Sentences and their translations, two text files for each part; built in: a small grammar")
@TypeName("parallel-text")
public record ParallelTextDataSpec(
    @Doc("Ending of the files of the language that is read")
        @Default("\"en\"")
        @Matches(
            value = ParallelTextDataSpec.LANGUAGE,
            words = "letters, digits, hyphens and underscores")
        String source,
    @Doc("Ending of the files of the language that is written")
        @Default("\"fr\"")
        @Matches(
            value = ParallelTextDataSpec.LANGUAGE,
            words = "letters, digits, hyphens and underscores")
        String target,
    @Doc(
            "Pieces of both languages together, the four marks included; fewer where the text is"
                + " small")
        @Default("8000")
        @Range(min = 8, max = 1_000_000)
        int vocabularySize,
    @Doc(
            "Folder that 'vocabulary train' has written; if left out, the pieces are made from the"
                + " training sentences")
        @Default(Default.NONE)
        @Nullable String vocabulary,
    @Doc("Most pieces of a sentence, of either language")
        @Default("200")
        @Range(min = 1, max = 100_000)
        int mostPieces,
    @Doc("Whether longer sentences lose their ends; if not, they are errors") @Default("false")
        boolean cut,
    @Doc("Batches that are sorted by length together, to spare padding")
        @Default("100")
        @Range(min = 1, max = 1_000_000)
        int poolBatches)
    implements DataSpec {

  static final String LANGUAGE = "[A-Za-z0-9][A-Za-z0-9_-]{0,31}";

  /** Refuses two languages of one name. */
  public ParallelTextDataSpec {
    if (source.equals(target)) {
      throw UserError.in("target")
          .what("source and target are the same files")
          .expected("another ending than that of the source")
          .received(target)
          .build();
    }
  }
}
