// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import java.util.Locale;

/** The rules of French that the sample sentences need. */
final class SampleFrench {
  private static final String VOWELS = "aâàeéèêiîoôœuûh";

  /** Begins with an h before which nothing is elided. */
  private static final String ASPIRATED = "hibou";

  private static final List<String> UNITS =
      List.of(
          "zéro",
          "un",
          "deux",
          "trois",
          "quatre",
          "cinq",
          "six",
          "sept",
          "huit",
          "neuf",
          "dix",
          "onze",
          "douze",
          "treize",
          "quatorze",
          "quinze",
          "seize",
          "dix-sept",
          "dix-huit",
          "dix-neuf");

  private static final List<String> TENS =
      List.of("vingt", "trente", "quarante", "cinquante", "soixante");

  private SampleFrench() {}

  /** Whether words lose their last vowel before this one: "l'arbre", but "le hibou". */
  static boolean elides(String next) {
    return VOWELS.indexOf(Character.toLowerCase(next.charAt(0))) >= 0
        && !next.startsWith(ASPIRATED);
  }

  /** A short word before a phrase: "ne lit", "n'achète". */
  static String elided(String word, String next) {
    return elides(next) ? word.substring(0, word.length() - 1) + "'" + next : word + " " + next;
  }

  /** "de" before a phrase: "du jardin", "des jardins", "de la gare", "d'un arbre". */
  static String from(String phrase) {
    if (phrase.startsWith("le ")) {
      return "du " + phrase.substring(3);
    }
    return phrase.startsWith("les ") ? "des " + phrase.substring(4) : elided("de", phrase);
  }

  /** "à" before a phrase: "au jardin", "aux enfants", "à la gare". */
  static String to(String phrase) {
    if (phrase.startsWith("le ")) {
      return "au " + phrase.substring(3);
    }
    return phrase.startsWith("les ") ? "aux " + phrase.substring(4) : "à " + phrase;
  }

  /**
   * A number in words.
   *
   * @param number 0 to 100
   * @param feminine the gender of what is counted: "vingt et une maisons"
   */
  static String number(int number, boolean feminine) {
    if (number == 100) {
      return "cent";
    }
    if (number == 80) {
      return "quatre-vingts";
    }
    if (number < 20) {
      return number == 1 && feminine ? "une" : UNITS.get(number);
    }
    // seventy is sixty and ten, ninety is four twenties and ten
    boolean twenties = number > 80;
    int ten = twenties ? 80 : number >= 60 ? 60 : number / 10 * 10;
    String tens = twenties ? "quatre-vingt" : TENS.get(ten / 10 - 2);
    int rest = number - ten;
    if (rest == 0) {
      return tens;
    }
    boolean and = !twenties && (rest == 1 || rest == 11);
    return tens + (and ? " et " : "-") + number(rest, feminine);
  }

  /** The first letter of a sentence in upper case. */
  static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
