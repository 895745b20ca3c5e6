// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A vocabulary of pieces of words: text becomes ids and ids become text. The id of a piece is its
 * index.
 *
 * <p>A line is composed (Unicode's form NFC) and split at white space; each word gets the mark
 * U+2581 at its front and is cut into pieces by the merges, the first of the list first. The kind
 * and number of blanks is not kept, and U+2581 in a text counts as a blank. A character that is not
 * a piece becomes {@link #UNKNOWN}. What looks like a special piece in a text, {@code </s>}, is
 * ordinary text.
 *
 * <p>Immutable; may be used from several threads.
 */
public final class Subwords {
  /** Id of {@code <pad>}, which fills rows up to a common length. */
  public static final int PAD = 0;

  /** Id of {@code <s>}, which a decoder reads first. */
  public static final int START = 1;

  /** Id of {@code </s>}, which ends a sentence. */
  public static final int END = 2;

  /** Id of {@code <unk>}, which stands for one character that is not a piece. */
  public static final int UNKNOWN = 3;

  /** The special pieces, by id. */
  static final List<String> SPECIAL = List.of("<pad>", "<s>", "</s>", "<unk>");

  private static final int MOST_CACHED = 1 << 16;
  private static final int LONGEST_CACHED = 64;

  private final List<String> pieces;
  private final List<String> merges;
  private final Map<String, Integer> ids;
  private final SubwordMerges merging;
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  private Subwords(String piecesName, List<String> pieces, String mergesName, List<String> merges) {
    this.pieces = List.copyOf(pieces);
    this.merges = List.copyOf(merges);
    ids = new HashMap<>(2 * pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      requirePiece(piecesName, id);
      ids.put(pieces.get(id), id);
    }
    if (pieces.size() < SPECIAL.size() || !ids.containsKey(SubwordText.WORD)) {
      throw wrong(piecesName, pieces.size())
          .what("pieces are missing")
          .expected("the four special pieces and the word mark " + SubwordText.WORD)
          .received("the end after " + pieces.size() + " pieces")
          .build();
    }
    long[] pairs = new long[merges.size()];
    int[] results = new int[merges.size()];
    Set<Integer> made = new HashSet<>();
    Set<Long> seen = new HashSet<>();
    for (int rank = 0; rank < results.length; rank++) {
      String[] parts = merges.get(rank).split(" ", -1);
      if (parts.length != 2) {
        throw wrong(mergesName, rank)
            .what("not a merge")
            .expected("two pieces with a blank between them")
            .received("'" + merges.get(rank) + "'")
            .build();
      }
      pairs[rank] =
          SubwordMerges.pair(part(mergesName, rank, parts[0]), part(mergesName, rank, parts[1]));
      results[rank] = part(mergesName, rank, parts[0] + parts[1]);
      made.add(results[rank]);
      if (!seen.add(pairs[rank])) {
        throw wrong(mergesName, rank)
            .what("a merge that was there before")
            .received("'" + merges.get(rank) + "'")
            .build();
      }
    }
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
    merging = new SubwordMerges(pairs, results);
  }

  /**
   * Learns a vocabulary; see {@link SubwordTrainer}.
   *
   * @param lines text, whose characters all become pieces
   * @param size number of pieces; fewer if nothing is left to join
   * @throws UserError if there is no word in the lines, or the size has no room for the characters
   */
  public static Subwords train(Iterable<String> lines, int size) {
    SubwordTrainer trainer = new SubwordTrainer();
    lines.forEach(trainer::add);
    return trainer.train(size);
  }

  /**
   * A vocabulary from its parts.
   *
   * @param pieces the four special ones first, then characters and what merges make, in any order
   * @param merges two pieces with a blank between them; the first is applied first
   * @throws UserError if a piece is there twice, or pieces and merges do not fit
   */
  public static Subwords of(List<String> pieces, List<String> merges) {
    return new Subwords("pieces", pieces, "merges", merges);
  }

  /** As {@link #of(List, List)}, with the names of the files for errors. */
  static Subwords of(
      String piecesName, List<String> pieces, String mergesName, List<String> merges) {
    return new Subwords(piecesName, pieces, mergesName, merges);
  }

  /**
   * Reads {@code pieces.txt} and {@code merges.txt} from a folder.
   *
   * @throws UserError if a file is missing or damaged, naming its line, or they do not fit
   */
  public static Subwords read(Path folder) {
    return SubwordFiles.read(folder);
  }

  /**
   * Writes {@code pieces.txt}, whose lines are in the order of the ids, {@code merges.txt}, and
   * {@code tokenizer.json}, which holds both for Hugging Face tokenizers. A folder that does not
   * exist appears with all its files at once; in one that exists the files are replaced.
   *
   * @throws UserError if a file cannot be written
   */
  public void write(Path folder) {
    SubwordFiles.write(this, folder);
  }

  /** What {@link #write} writes: the text of each file by its name. */
  public Map<String, String> files() {
    return SubwordFiles.contents(this);
  }

  /** The pieces, by id. */
  public List<String> pieces() {
    return pieces;
  }

  /** The merges, in the order in which they apply; two pieces with a blank between them each. */
  public List<String> merges() {
    return merges;
  }

  /** Number of pieces. */
  public int size() {
    return pieces.size();
  }

  /** The ids of a line, without {@link #START} and {@link #END}; none for a blank line. */
  public int[] encode(String line) {
    List<int[]> words = new ArrayList<>();
    int count = 0;
    for (String word : SubwordText.words(line)) {
      int[] part = word(word);
      words.add(part);
      count += part.length;
    }
    int[] encoded = new int[count];
    int at = 0;
    for (int[] word : words) {
      System.arraycopy(word, 0, encoded, at, word.length);
      at += word.length;
    }
    return encoded;
  }

  /** The pieces of a line, one for each id of {@link #encode}; an unknown character as itself. */
  public List<String> split(String line) {
    List<String> split = new ArrayList<>();
    for (String word : SubwordText.words(line)) {
      int at = 0;
      for (int id : word(word)) {
        String piece = id == UNKNOWN ? Character.toString(word.codePointAt(at)) : pieces.get(id);
        split.add(piece);
        at += piece.length();
      }
    }
    return split;
  }

  /** How many characters of a line are not pieces, each {@link #UNKNOWN} in {@link #encode}. */
  public long unknownCharacters(String line) {
    long count = 0;
    for (int id : encode(line)) {
      count += id == UNKNOWN ? 1 : 0;
    }
    return count;
  }

  /**
   * The text of some ids: words with one blank between them. The four special ids have no text.
   *
   * @throws UserError if an id is not below {@link #size}
   */
  public String decode(int... ids) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= size()) {
        throw UserError.in("ids[" + i + "]")
            .what("outside of the vocabulary")
            .expected("0 to " + (size() - 1))
            .received(ids[i])
            .next("use the vocabulary that the ids were made with")
            .build();
      }
      text.append(ids[i] < SPECIAL.size() ? "" : pieces.get(ids[i]));
    }
    return SubwordText.line(text);
  }

  /** The text of some pieces, which need not be of a vocabulary: undoes {@link #split}. */
  public static String join(List<String> pieces) {
    StringBuilder text = new StringBuilder();
    for (String piece : pieces) {
      text.append(SPECIAL.contains(piece) ? "" : piece);
    }
    return SubwordText.line(text);
  }

  /** SHA-256 of the pieces and merges, a line each, with an empty line between the two. */
  public String sha256() {
    String text = SubwordFiles.lines(pieces) + "\n" + SubwordFiles.lines(merges);
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private int[] word(String word) {
    int[] known = cache.get(word);
    if (known != null) {
      return known;
    }
    int[] characters =
        word.codePoints().map(c -> ids.getOrDefault(Character.toString(c), UNKNOWN)).toArray();
    int[] cut = merging.apply(characters);
    if (word.length() <= LONGEST_CACHED && cache.size() < MOST_CACHED) {
      cache.put(word, cut);
    }
    return cut;
  }

  private void requirePiece(String name, int id) {
    String piece = pieces.get(id);
    String special = id < SPECIAL.size() ? SPECIAL.get(id) : null;
    if (special != null && !special.equals(piece)) {
      throw wrong(name, id)
          .what("not the special piece of this id")
          .expected(special)
          .received("'" + piece + "'")
          .build();
    }
    Integer before = ids.get(piece);
    if (before != null) {
      throw wrong(name, id)
          .what("a piece that was there before")
          .expected("every piece once")
          .received("'%s', which line %d has too".formatted(piece, before + 1))
          .build();
    }
    if (piece.isEmpty()
        || piece.codePoints().anyMatch(c -> c != SubwordText.MARK && SubwordText.isBlank(c))) {
      throw wrong(name, id)
          .what("not a piece")
          .expected("one or more characters and no white space")
          .received("'" + piece + "'")
          .build();
    }
  }

  private int part(String name, int rank, String piece) {
    Integer id = ids.get(piece);
    if (id == null || id < SPECIAL.size()) {
      throw wrong(name, rank)
          .what("a merge that does not fit the pieces")
          .expected("two pieces that make a third")
          .received("'%s', and '%s' is no piece".formatted(merges.get(rank), piece))
          .build();
    }
    return id;
  }

  private static UserError.Builder wrong(String name, int index) {
    return UserError.in(name + ": line " + (index + 1))
        .next("take the files that were written together");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Subwords that
        && pieces.equals(that.pieces)
        && merges.equals(that.merges);
  }

  @Override
  public int hashCode() {
    return 31 * pieces.hashCode() + merges.hashCode();
  }

  @Override
  public String toString() {
    return "Subwords[" + pieces.size() + " pieces, " + merges.size() + " merges]";
  }
}
