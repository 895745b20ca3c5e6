// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    ids = SubwordChecks.ids(piecesName, pieces);
    merging = SubwordChecks.merges(piecesName, pieces, ids, mergesName, merges);
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
