// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.error.UserError;

/**
 * Translated sentences as ids of pieces, without the marks of beginning and end.
 *
 * @param source ids of each sentence
 * @param target ids of each translation
 * @param cut how many sentences of both sides together were cut to the most pieces
 */
public record ParallelPieces(List<int[]> source, List<int[]> target, int cut) {
  /** Copies the lists. */
  public ParallelPieces {
    source = List.copyOf(source);
    target = List.copyOf(target);
  }

  /**
   * Encodes a text.
   *
   * @param encoder a sentence to its ids
   * @param mostPieces pieces of a sentence at most, at least 1
   * @param cut whether longer sentences lose their ends; if not, they are errors
   * @throws UserError if a sentence has more pieces and may not be cut, or has none; the error
   *     names file and line
   */
  public static ParallelPieces of(
      ParallelText text, Function<String, int[]> encoder, int mostPieces, boolean cut) {
    if (mostPieces < 1) {
      throw UserError.in("most pieces of a sentence")
          .what("must be positive")
          .expected("at least 1")
          .received(mostPieces)
          .build();
    }
    List<int[]> source = new ArrayList<>(text.count());
    List<int[]> target = new ArrayList<>(text.count());
    int shortened = 0;
    for (int i = 0; i < text.count(); i++) {
      int[] from = encoder.apply(text.source().get(i));
      int[] to = encoder.apply(text.target().get(i));
      if (!cut || from.length == 0 || to.length == 0) {
        require(text.sourcePlace(i), from.length, mostPieces);
        require(text.targetPlace(i), to.length, mostPieces);
      }
      shortened += (from.length > mostPieces ? 1 : 0) + (to.length > mostPieces ? 1 : 0);
      source.add(Arrays.copyOf(from, Math.min(from.length, mostPieces)));
      target.add(Arrays.copyOf(to, Math.min(to.length, mostPieces)));
    }
    return new ParallelPieces(source, target, shortened);
  }

  private static void require(String where, int pieces, int most) {
    if (pieces == 0 || pieces > most) {
      throw UserError.in(where)
          .what(pieces == 0 ? "there is nothing to translate" : "the sentence is too long")
          .expected("1 to " + most + " pieces")
          .received(pieces)
          .next(
              pieces == 0
                  ? "leave the line out of both files"
                  : "split or leave out the sentence, allow more pieces, or let long ones be cut")
          .build();
    }
  }
}
