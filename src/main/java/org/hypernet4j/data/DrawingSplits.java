// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * The three parts of a set of drawings: fit on the first, choose the best step on the second,
 * report on the third.
 *
 * @param train drawings to learn from
 * @param validation drawings for early stopping
 * @param test drawings for the reported error only
 * @param notes what the reader left out or changed, a human-readable line each
 */
public record DrawingSplits(
    DrawingPart train, DrawingPart validation, DrawingPart test, List<String> notes) {

  /**
   * Checks that the parts are of one kind.
   *
   * @throws UserError if a part has no drawing, or only some of the parts have texts
   */
  public DrawingSplits {
    notes = List.copyOf(notes);
    for (DrawingPart part : List.of(train, validation, test)) {
      if (part.count() == 0) {
        throw UserError.in(part.name())
            .what("there is no drawing")
            .expected("at least 1")
            .received(notes.isEmpty() ? "0" : "0 (" + String.join(", ", notes) + ")")
            .next("use more drawings, or other limits on their points")
            .build();
      }
      if (part.texts().isEmpty() != train.texts().isEmpty()) {
        throw UserError.in(part.name())
            .what("the parts must all have texts, or none of them")
            .expected(train.texts().isEmpty() ? "no texts, as in training" : "texts")
            .received(part.texts().isEmpty() ? "no texts" : "texts")
            .build();
      }
    }
  }

  /** Parts of which nothing was left out. */
  public DrawingSplits(DrawingPart train, DrawingPart validation, DrawingPart test) {
    this(train, validation, test, List.of());
  }

  /** SHA-256 (hex) of the three fingerprints, each in ASCII and followed by a line feed. */
  public String fingerprint() {
    String lines =
        train.fingerprint() + "\n" + validation.fingerprint() + "\n" + test.fingerprint() + "\n";
    return Sha256.of(lines.getBytes(US_ASCII));
  }
}
