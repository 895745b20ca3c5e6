// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * The three parts of a text as ids.
 *
 * @param vocabulary maps ids to symbols; part of the model as much as of the data
 * @param train text to learn from
 * @param validation text for early stopping
 * @param test text for the reported error only
 */
public record TextSplits(
    Vocabulary vocabulary, EncodedText train, EncodedText validation, EncodedText test) {

  /**
   * Numbers a text by all symbols that occur in it, in validation and test as well: their number is
   * what the literature calls the vocabulary (50 for the Penn Treebank, 205 for enwik8).
   */
  public static TextSplits of(RawText text) {
    return of(text, text.vocabulary());
  }

  /**
   * Numbers a text by the vocabulary of a trained model.
   *
   * @throws UserError if the text has a symbol that the vocabulary lacks
   */
  public static TextSplits of(RawText text, Vocabulary vocabulary) {
    vocabulary.requireKind(text.kind(), text.train().name());
    return new TextSplits(
        vocabulary,
        vocabulary.encode(text.train()),
        vocabulary.encode(text.validation()),
        vocabulary.encode(text.test()));
  }

  /**
   * Checks that a model has an output for every symbol.
   *
   * @param symbols size of the model's input and output; it may be larger than the vocabulary
   */
  public void requireFit(int symbols) {
    if (vocabulary.size() > symbols) {
      throw UserError.in("model.symbols")
          .what("too few for the text")
          .expected("at least " + vocabulary.size() + ", the different symbols of the text")
          .received(symbols)
          .next("set model.symbols to " + vocabulary.size())
          .build();
    }
  }

  /** SHA-256 (hex) of the vocabulary as JSON and of three fingerprints, a line feed after each. */
  public String fingerprint() {
    String lines =
        String.join(
            "\n",
            vocabulary.toJson().toString(),
            train.fingerprint(),
            validation.fingerprint(),
            test.fingerprint(),
            "");
    return Sha256.of(lines.getBytes(UTF_8));
  }
}
