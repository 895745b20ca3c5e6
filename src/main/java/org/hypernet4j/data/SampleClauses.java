// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import org.hypernet4j.data.SampleWords.Takes;
import org.hypernet4j.data.SampleWords.Verb;

/** Puts subject, verb and complement together: statements, negations and questions. */
final class SampleClauses {
  private static final List<String> ETRE = List.of("suis", "est", "sommes", "êtes", "sont");
  private static final List<String> AVOIR = List.of("ai", "a", "avons", "avez", "ont");

  private final SampleDraws draws;

  /** A sentence in both languages. */
  record Pair(String english, String french) {
    static Pair statement(String english, String french) {
      return new Pair(SampleFrench.capital(english) + ".", SampleFrench.capital(french) + ".");
    }

    static Pair question(String english, String french) {
      return new Pair(SampleFrench.capital(english) + "?", SampleFrench.capital(french) + " ?");
    }
  }

  SampleClauses(SampleDraws draws) {
    this.draws = draws;
  }

  /** The form of "être". */
  static String be(SamplePhrase subject) {
    return ETRE.get(subject.person());
  }

  /** A clause with a verb and what it is about. */
  Pair verb(SamplePhrase subject, Verb verb, SamplePhrase complement) {
    int mood = draws.below(20);
    boolean often = verb.takes() != Takes.STATE;
    String does = verb.english(subject);
    String french = verb.french(subject);
    String frenchAll = french + " " + complement.french();
    if (mood < 5) {
      return Pair.statement(
          subject.english()
              + " "
              + does(subject)
              + " not "
              + verb.english()
              + " "
              + complement.english(),
          subject.french()
              + " "
              + SampleFrench.elided("ne", french)
              + " pas "
              + complement.negated());
    }
    if (mood < 7) {
      return Pair.question(
          does(subject)
              + " "
              + subject.english()
              + " "
              + verb.english()
              + " "
              + complement.english(),
          "est-ce " + question(subject, frenchAll));
    }
    if (mood == 7 && often) {
      return Pair.question(
          "who " + verb.third() + " " + complement.english(),
          "qui " + verb.french().get(SamplePhrase.HE) + " " + complement.french());
    }
    if (mood == 8 && often) {
      return Pair.statement(
          subject.english() + " never " + does + " " + complement.english(),
          subject.french()
              + " "
              + SampleFrench.elided("ne", french)
              + " jamais "
              + complement.negated());
    }
    if (mood == 9 && often) {
      return Pair.statement(
          subject.english() + " often " + does + " " + complement.english(),
          subject(subject, french) + " souvent " + complement.french());
    }
    return Pair.statement(
        subject.english() + " " + does + " " + complement.english(), subject(subject, frenchAll));
  }

  /** A clause with "to be". */
  Pair be(SamplePhrase subject, String english, String french) {
    return be(subject, english, be(subject), french);
  }

  /** A clause with "to be" where French has "avoir": "Il a vingt ans". */
  Pair beAndHave(SamplePhrase subject, String english, String french) {
    return be(subject, english, AVOIR.get(subject.person()), french);
  }

  private Pair be(SamplePhrase subject, String english, String verb, String french) {
    int mood = draws.below(10);
    if (mood < 2) {
      return Pair.statement(
          subject.english() + " " + SampleEnglish.be(subject) + " not " + english,
          subject.french() + " " + SampleFrench.elided("ne", verb) + " pas " + french);
    }
    if (mood < 4) {
      return Pair.question(
          SampleEnglish.be(subject) + " " + subject.english() + " " + english,
          "est-ce " + question(subject, verb) + " " + french);
    }
    return Pair.statement(
        subject.english() + " " + SampleEnglish.be(subject) + " " + english,
        subject(subject, verb + " " + french));
  }

  /** "que Paul lit", "qu'il lit", "que j'achète". */
  private static String question(SamplePhrase subject, String rest) {
    return SampleFrench.elided("que", subject(subject, rest));
  }

  /** A subject before the rest of a statement: "je lis", "j'achète". */
  private static String subject(SamplePhrase subject, String rest) {
    return subject.person() == SamplePhrase.I
        ? SampleFrench.elided(subject.french(), rest)
        : subject.french() + " " + rest;
  }

  private static String does(SamplePhrase subject) {
    return subject.person() == SamplePhrase.HE ? "does" : "do";
  }
}
