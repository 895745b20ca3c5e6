// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The words of the sample sentences in both languages. The resources {@code sentences/*.txt} have
 * them and describe their form.
 */
record SampleWords(List<Noun> nouns, List<Adjective> adjectives, List<Verb> verbs) {
  /**
   * A noun.
   *
   * @param classes what it is ("person", "thing"), and what can be done with it ("open")
   */
  record Noun(
      String english,
      String englishPlural,
      String french,
      String frenchPlural,
      boolean feminine,
      Set<String> classes) {
    boolean isA(String... any) {
      return !Collections.disjoint(classes, Arrays.asList(any));
    }
  }

  /** Where a French adjective stands; a colour may follow a noun with another adjective. */
  enum Place {
    BEFORE,
    AFTER,
    COLOUR
  }

  /**
   * An adjective.
   *
   * @param beforeVowel the masculine before a vowel: bel, vieil, nouvel
   * @param beside classes of the nouns beside which it stands
   * @param behind classes of the nouns of which it is said: "is old"
   */
  record Adjective(
      String english,
      String masculine,
      String masculinePlural,
      String feminine,
      String femininePlural,
      String beforeVowel,
      Place place,
      Set<String> beside,
      Set<String> behind) {
    String french(boolean female, boolean plural) {
      return female ? plural ? femininePlural : feminine : plural ? masculinePlural : masculine;
    }
  }

  /** Which objects a verb takes. */
  enum Takes {
    /** "a book", "the book". */
    ANY,
    /** "the book", "my book". */
    CERTAIN,
    /** The same, and nobody does it often. */
    STATE
  }

  /**
   * A verb in the present tense.
   *
   * @param english with I, we, you, they
   * @param third with he, she, it
   * @param french with je, il, nous, vous, ils
   * @param classes of its objects
   */
  record Verb(String english, String third, List<String> french, Takes takes, Set<String> classes) {
    String english(SamplePhrase subject) {
      return subject.person() == SamplePhrase.HE ? third : english;
    }

    String french(SamplePhrase subject) {
      return french.get(subject.person());
    }
  }

  static SampleWords load() {
    return new SampleWords(
        read("nouns", 6, SampleWords::noun),
        read("adjectives", 9, SampleWords::adjective),
        read("verbs", 9, SampleWords::verb));
  }

  /** A verb that is not in the list, because its sentences are of a form of their own. */
  static Verb verb(String english, String third, String french, Takes takes) {
    return new Verb(english, third, List.of(french.split(" ", -1)), takes, Set.of());
  }

  /** Nouns of any of some classes. */
  List<Noun> nouns(String... classes) {
    return nouns.stream().filter(noun -> noun.isA(classes)).toList();
  }

  /** Adjectives that stand beside a noun at a place. */
  List<Adjective> beside(Noun noun, Place place) {
    return adjectives.stream()
        .filter(a -> a.place() == place && !Collections.disjoint(a.beside(), noun.classes()))
        .toList();
  }

  /** Adjectives that are said of what has these classes. */
  List<Adjective> behind(Set<String> classes) {
    return adjectives.stream().filter(a -> !Collections.disjoint(a.behind(), classes)).toList();
  }

  private static <T> List<T> read(String name, int columns, Function<List<String>, T> make) {
    List<T> words = new ArrayList<>();
    for (String line : DataStream.lines("sentences/" + name + ".txt")) {
      if (!line.startsWith("#")) {
        List<String> word = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        if (word.size() != columns) {
          throw new IllegalStateException("%s: %d columns in: %s".formatted(name, columns, line));
        }
        words.add(make.apply(word));
      }
    }
    return List.copyOf(words);
  }

  private static Set<String> set(String words) {
    return words.isEmpty() ? Set.of() : Set.of(words.split(" ", -1));
  }

  private static Noun noun(List<String> w) {
    return new Noun(w.get(0), w.get(1), w.get(2), w.get(3), w.get(4).equals("f"), set(w.get(5)));
  }

  private static Adjective adjective(List<String> w) {
    return new Adjective(
        w.get(0),
        w.get(1),
        w.get(2),
        w.get(3),
        w.get(4),
        w.get(5),
        switch (w.get(6)) {
          case "before" -> Place.BEFORE;
          case "after" -> Place.AFTER;
          case "colour" -> Place.COLOUR;
          default -> throw new IllegalStateException(w.get(6));
        },
        set(w.get(7)),
        set(w.get(8)));
  }

  private static Verb verb(List<String> w) {
    return new Verb(
        w.get(0),
        w.get(1),
        w.subList(2, 7),
        switch (w.get(7)) {
          case "any" -> Takes.ANY;
          case "certain" -> Takes.CERTAIN;
          case "state" -> Takes.STATE;
          default -> throw new IllegalStateException(w.get(7));
        },
        set(w.get(8)));
  }
}
