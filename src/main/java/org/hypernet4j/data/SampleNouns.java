// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import org.hypernet4j.data.SampleWords.Adjective;
import org.hypernet4j.data.SampleWords.Noun;
import org.hypernet4j.data.SampleWords.Place;

/** Draws nouns with their determiners and adjectives, names and pronouns. */
final class SampleNouns {
  private static final List<SamplePhrase> PRONOUNS =
      List.of(
          SamplePhrase.subject("I", "je", false, SamplePhrase.I),
          SamplePhrase.subject("he", "il", false, SamplePhrase.HE),
          SamplePhrase.subject("she", "elle", true, SamplePhrase.HE),
          SamplePhrase.subject("we", "nous", false, SamplePhrase.WE),
          SamplePhrase.subject("you", "vous", false, SamplePhrase.YOU),
          SamplePhrase.subject("they", "ils", false, SamplePhrase.THEY));

  /** Of these it is known whether one or several are meant, and of which gender. */
  private static final List<SamplePhrase> THIRD_PERSONS =
      List.of(PRONOUNS.get(1), PRONOUNS.get(2), PRONOUNS.get(5));

  private static final List<String> MEN = List.of("Paul", "Luc", "Julien", "Thomas");
  private static final List<String> WOMEN = List.of("Marie", "Anne", "Sophie", "Alice");

  /** Words before a noun: in English, then in French with a masculine, feminine, plural noun. */
  private record Determiner(
      String english, String englishPlural, String masculine, String feminine, String plural) {
    /** The masculine form stands before a vowel, too: "mon école". */
    boolean possessive() {
      return masculine.endsWith("on");
    }
  }

  private static final Determiner THE = new Determiner("the", "the", "le", "la", "les");
  private static final Determiner THIS = new Determiner("this", "these", "ce", "cette", "ces");
  private static final List<Determiner> POSSESSIVES =
      List.of(
          new Determiner("my", "my", "mon", "ma", "mes"),
          new Determiner("his", "his", "son", "sa", "ses"),
          new Determiner("her", "her", "son", "sa", "ses"),
          new Determiner("our", "our", "notre", "notre", "nos"),
          new Determiner("your", "your", "votre", "votre", "vos"),
          new Determiner("their", "their", "leur", "leur", "leurs"));

  private final SampleWords words;
  private final SampleDraws draws;

  SampleNouns(SampleWords words, SampleDraws draws) {
    this.words = words;
    this.draws = draws;
  }

  /** One noun of some classes. */
  Noun noun(String... classes) {
    return draws.pick(words.nouns(classes));
  }

  /** Who does something: a pronoun, a name, or somebody. */
  SamplePhrase somebody() {
    int kind = draws.below(10);
    if (kind < 4) {
      return draws.pick(PRONOUNS);
    }
    return kind < 6 ? name() : certain(noun("person", "profession", "child", "kin"));
  }

  /** A pronoun whose gender and number are known. */
  SamplePhrase thirdPerson() {
    return draws.pick(THIRD_PERSONS);
  }

  SamplePhrase name() {
    boolean woman = draws.chance(50);
    String name = draws.pick(woman ? WOMEN : MEN);
    return SamplePhrase.subject(name, name, woman, SamplePhrase.HE);
  }

  /** A noun with "the", "this" or a possessive, one or several. */
  SamplePhrase certain(Noun noun) {
    return certain(noun, draws.chance(25));
  }

  SamplePhrase certain(Noun noun, boolean plural) {
    return certain(noun, plural, withAdjectives(noun, plural));
  }

  /** The same without an adjective. */
  SamplePhrase plain(Noun noun) {
    boolean plural = draws.chance(25);
    return certain(noun, plural, bare(noun, plural));
  }

  private SamplePhrase certain(Noun noun, boolean plural, String[] bare) {
    boolean kin = noun.isA("kin");
    boolean owned = kin || noun.isA("profession", "thing", "furniture", "clothes", "vehicle");
    int kind = draws.below(20);
    Determiner determiner =
        kin || (owned && kind < 8) ? draws.pick(POSSESSIVES) : kind < 16 ? THE : THIS;
    return new SamplePhrase(
        (plural ? determiner.englishPlural() : determiner.english()) + " " + bare[0],
        french(determiner, noun, plural, bare[1]),
        french(determiner, noun, plural, bare[1]),
        noun.feminine(),
        plural ? SamplePhrase.THEY : SamplePhrase.HE);
  }

  /** A noun with "a", which "ne ... pas" turns into "de". */
  SamplePhrase any(Noun noun) {
    String[] bare = withAdjectives(noun, false);
    return new SamplePhrase(
        SampleEnglish.a(bare[0]),
        (noun.feminine() ? "une " : "un ") + bare[1],
        SampleFrench.elided("de", bare[1]),
        noun.feminine(),
        SamplePhrase.HE);
  }

  /**
   * So many of something.
   *
   * @param count 2 to 100
   */
  SamplePhrase counted(Noun noun, int count) {
    String[] bare = withAdjectives(noun, true);
    return SamplePhrase.subject(
        SampleEnglish.number(count) + " " + bare[0],
        SampleFrench.number(count, noun.feminine()) + " " + bare[1],
        noun.feminine(),
        SamplePhrase.THEY);
  }

  private static String french(Determiner determiner, Noun noun, boolean plural, String bare) {
    if (plural) {
      return determiner.plural() + " " + bare;
    }
    if (SampleFrench.elides(bare)) {
      if (determiner.equals(THE)) {
        return "l'" + bare;
      }
      if (determiner.equals(THIS) && !noun.feminine()) {
        return "cet " + bare;
      }
      if (determiner.possessive()) {
        return determiner.masculine() + " " + bare;
      }
    }
    return (noun.feminine() ? determiner.feminine() : determiner.masculine()) + " " + bare;
  }

  /** A noun with no, one or two adjectives, in English and in French. */
  private String[] withAdjectives(Noun noun, boolean plural) {
    String english = bare(noun, plural)[0];
    String french = bare(noun, plural)[1];
    int kind = draws.below(20);
    if (kind == 0 || (kind >= 5 && kind < 8)) {
      List<Adjective> after = words.beside(noun, kind == 0 ? Place.AFTER : Place.COLOUR);
      if (!after.isEmpty()) {
        Adjective adjective = draws.pick(after);
        english = adjective.english() + " " + english;
        french = french + " " + adjective.french(noun.feminine(), plural);
      }
    }
    if (kind > 0 && kind < 6) {
      List<Adjective> before = words.beside(noun, Place.BEFORE);
      if (!before.isEmpty()) {
        Adjective adjective = draws.pick(before);
        english = adjective.english() + " " + english;
        boolean vowel = !noun.feminine() && !plural && SampleFrench.elides(french);
        String form = vowel ? adjective.beforeVowel() : adjective.french(noun.feminine(), plural);
        french = form + " " + french;
      }
    }
    return new String[] {english, french};
  }

  private static String[] bare(Noun noun, boolean plural) {
    return new String[] {
      plural ? noun.englishPlural() : noun.english(), plural ? noun.frenchPlural() : noun.french()
    };
  }
}
