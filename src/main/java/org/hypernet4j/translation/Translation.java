// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.List;

/**
 * A translation of one line.
 *
 * @param text words with one blank between them
 * @param pieces what the model wrote, without its end; {@code <unk>} has no text
 * @param score by which translations of a line are ordered; {@code logProb} without a search
 * @param logProb natural logarithm of its probability, the end included
 * @param ended whether the model ended it; if not, it reached the most pieces that the search
 *     allows
 * @param alignment weights that each step of the best translation gave to the pieces of the line,
 *     {@code [steps][pieces of the line]}, a step for each piece and one for the end; empty for
 *     other translations than the best
 */
public record Translation(
    String text,
    List<String> pieces,
    float score,
    float logProb,
    boolean ended,
    List<float[]> alignment) {
  /** Copies the lists. */
  public Translation {
    pieces = List.copyOf(pieces);
    alignment = List.copyOf(alignment);
  }
}
