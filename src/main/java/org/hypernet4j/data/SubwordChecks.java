// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;

/** Checks the pieces and merges of a vocabulary, which may come from a stranger's files. */
final class SubwordChecks {
  private static final List<String> SPECIAL = Subwords.SPECIAL;

  private SubwordChecks() {}

  /**
   * The ids of some pieces.
   *
   * @param name of the pieces or of their file, for errors
   * @throws UserError if a piece is there twice or cannot be one, or a necessary one is missing
   */
  static Map<String, Integer> ids(String name, List<String> pieces) {
    Map<String, Integer> ids = new HashMap<>(2 * pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      if (id < SPECIAL.size() && !SPECIAL.get(id).equals(piece)) {
        throw wrong(name, id)
            .what("not the special piece of this id")
            .expected(SPECIAL.get(id))
            .received("'" + piece + "'")
            .build();
      }
      if (piece.isEmpty() || piece.codePoints().anyMatch(SubwordChecks::cannotBeInPiece)) {
        throw wrong(name, id)
            .what("not a piece")
            .expected("one or more characters, none of them white space")
            .received("'" + piece + "'")
            .build();
      }
      Integer before = ids.putIfAbsent(piece, id);
      if (before != null) {
        throw wrong(name, id)
            .what("the piece is there twice")
            .expected("every piece once")
            .received("'%s', as in line %d".formatted(piece, before + 1))
            .build();
      }
    }
    if (pieces.size() < SPECIAL.size() || !ids.containsKey(SubwordText.WORD)) {
      throw UserError.in(name)
          .what("pieces are missing")
          .expected("the special pieces and the word mark " + SubwordText.WORD + " (U+2581)")
          .received(pieces.size() + " pieces without them")
          .next("take the files that were written together")
          .build();
    }
    return ids;
  }

  private static boolean cannotBeInPiece(int c) {
    return (c != SubwordText.MARK && SubwordText.isBlank(c))
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /**
   * The merges by ids.
   *
   * @param piecesName as {@link #ids}
   * @param ids the ids of the pieces
   * @param mergesName of the merges or of their file, for errors
   * @throws UserError if they do not fit the pieces
   */
  static SubwordMerges merges(
      String piecesName,
      List<String> pieces,
      Map<String, Integer> ids,
      String mergesName,
      List<String> merges) {
    long[] pairs = new long[merges.size()];
    int[] results = new int[merges.size()];
    Set<Integer> made = new HashSet<>();
    Set<Long> seen = new HashSet<>();
    for (int rank = 0; rank < results.length; rank++) {
      String merge = merges.get(rank);
      String[] parts = merge.split(" ", -1);
      if (parts.length != 2) {
        throw wrong(mergesName, rank)
            .what("not a merge")
            .expected("two pieces with a blank between them")
            .received("'" + merge + "'")
            .build();
      }
      int[] three = new int[3];
      for (int i = 0; i < 3; i++) {
        String piece = i < 2 ? parts[i] : parts[0] + parts[1];
        Integer id = ids.get(piece);
        if (id == null || id < SPECIAL.size()) {
          throw wrong(mergesName, rank)
              .what("the merge does not fit the pieces")
              .expected("two pieces that make a third")
              .received(
                  "'%s', where '%s' is %s piece"
                      .formatted(merge, piece, id == null ? "no" : "a special"))
              .build();
        }
        three[i] = id;
      }
      pairs[rank] = SubwordMerges.pair(three[0], three[1]);
      results[rank] = three[2];
      made.add(three[2]);
      if (!seen.add(pairs[rank])) {
        throw wrong(mergesName, rank)
            .what("the merge is there twice")
            .expected("every merge once")
            .received("'" + merge + "'")
            .build();
      }
    }
    requireMade(piecesName, pieces, mergesName, made);
    return new SubwordMerges(pairs, results);
  }

  private static void requireMade(
      String piecesName, List<String> pieces, String mergesName, Set<Integer> made) {
    for (int id = SPECIAL.size(); id < pieces.size(); id++) {
      String piece = pieces.get(id);
      if (piece.codePointCount(0, piece.length()) > 1 && !made.contains(id)) {
        throw wrong(piecesName, id)
            .what("no merge makes this piece")
            .expected("a merge in " + mergesName + ", as for every piece of several characters")
            .received("'" + piece + "'")
            .build();
      }
    }
  }

  private static UserError.Builder wrong(String name, int index) {
    return UserError.in(name + ": line " + (index + 1))
        .next("take the files that were written together");
  }
}
