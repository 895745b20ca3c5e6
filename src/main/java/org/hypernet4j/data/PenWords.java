// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;

/**
 * Handwriting that nobody wrote: small words in lower case, drawn letter by letter with an alphabet
 * and a list of words of this project's own, to try models that write a given text where real
 * handwriting may not be passed on. Synthetic and much more regular than people's; figures on it
 * compare with nothing but other figures on it.
 *
 * <p>A drawing has one word or several. Seven words in ten are of the list, the others are made up,
 * consonants and vowels in turn, so that rare letters occur. Words of the list that validation and
 * test use never occur in training: a model that writes them reads letters and not words.
 *
 * <p>The strokes come from {@link PenHand}: size, width, slant, gaps, base line, point spacing,
 * roundness and the places of all points differ from drawing to drawing. About 22 points a
 * character; a small letter is 17 to 28 units high. Every drawing is a function of the seed, its
 * part and its number only, and so is its text.
 */
public final class PenWords {
  private static final String WORDS = "penwords/words.txt";
  private static final String CONSONANTS = "bcdfghjklmnpqrstvwxyz";
  private static final String VOWELS = "aeiou";

  /** Every word of the list whose number divides by this is kept from training. */
  private static final int HELD_BACK = 5;

  private static final int LISTED_OF_TEN = 7;
  private static final int SHORTEST = 2;
  private static final int LONGEST = 6;

  private final PenAlphabet alphabet = PenAlphabet.load();
  private final Set<String> all = new HashSet<>();
  private final List<String> trained = new ArrayList<>();
  private final List<String> heldBack = new ArrayList<>();

  /** Reads the alphabet and the list of words. */
  private PenWords() {
    int number = 0;
    for (String line : DataStream.lines(WORDS)) {
      for (String word : line.split(" ", -1)) {
        (number % HELD_BACK == 0 ? heldBack : trained).add(word);
        all.add(word);
        number++;
      }
    }
  }

  /**
   * Makes the three parts.
   *
   * @param seed of texts and hands; a longer part begins with the drawings of a shorter one
   * @param train number of drawings to learn from, at least 1; the same for the other two
   * @param mostWords words of a drawing: each number from 1 to this is equally likely
   */
  public static DrawingSplits splits(
      long seed, int train, int validation, int test, int mostWords) {
    PenWords words = new PenWords();
    StatelessRandom random = StatelessRandom.of(seed).fold("pen words");
    return new DrawingSplits(
        words.part("train", train, mostWords, random),
        words.part("validation", validation, mostWords, random),
        words.part("test", test, mostWords, random),
        List.of("synthetic: words drawn with a built-in alphabet, written by nobody"));
  }

  /**
   * Writes a text.
   *
   * @param text lower-case letters a to z, with spaces between words
   * @param hand the hand: the same one writes the same text in the same way
   * @throws UserError if there is another character or no letter at all
   */
  public static PenDrawing write(String text, StatelessRandom hand) {
    return new PenWords().written(text, hand);
  }

  private DrawingPart part(String name, int count, int mostWords, StatelessRandom random) {
    List<PenDrawing> drawings = new ArrayList<>(count);
    List<String> texts = new ArrayList<>(count);
    List<String> listed = name.equals("train") ? trained : heldBack;
    for (int i = 0; i < count; i++) {
      StatelessRandom one = random.fold(name).fold(i);
      String text = text(listed, one.fold("text"), mostWords);
      texts.add(text);
      drawings.add(written(text, one.fold("hand")));
    }
    return new DrawingPart(name + " of pen words", drawings, texts);
  }

  private String text(List<String> listed, StatelessRandom random, int mostWords) {
    int words = 1 + random.below(0, mostWords);
    List<String> text = new ArrayList<>(words);
    for (int i = 0; i < words; i++) {
      StatelessRandom word = random.fold(i);
      boolean fromList = word.below(0, 10) < LISTED_OF_TEN;
      text.add(fromList ? listed.get(word.below(1, listed.size())) : madeUp(word.fold("made up")));
    }
    return String.join(" ", text);
  }

  /** A word that is not in the list. */
  private String madeUp(StatelessRandom random) {
    String word;
    int attempt = 0;
    do {
      word = letters(random.fold(attempt++));
    } while (all.contains(word));
    return word;
  }

  private static String letters(StatelessRandom random) {
    int letters = SHORTEST + random.below(0, LONGEST - SHORTEST + 1);
    boolean vowel = random.below(1, 2) == 0;
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < letters; i++) {
      String kind = vowel ? VOWELS : CONSONANTS;
      word.append(kind.charAt(random.below(2 + i, kind.length())));
      vowel = !vowel;
    }
    return word.toString();
  }

  private PenDrawing written(String text, StatelessRandom hand) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != ' ' && !alphabet.has(text.charAt(i))) {
        throw UserError.in("text")
            .what("the alphabet has no character like number " + (i + 1))
            .expected("lower-case letters a to z and spaces")
            .received("'" + text.charAt(i) + "'")
            .build();
      }
    }
    if (text.isBlank()) {
      throw UserError.in("text")
          .what("there is nothing to write")
          .expected("at least one letter")
          .received("'" + text + "'")
          .build();
    }
    return new PenHand(hand).write(text, alphabet);
  }
}
