// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import java.util.Set;
import org.hypernet4j.data.SampleClauses.Pair;
import org.hypernet4j.data.SampleWords.Takes;
import org.hypernet4j.data.SampleWords.Verb;

/** Sample sentences about times of day and dates. */
final class SampleCalendar {
  private static final SamplePhrase IT = SamplePhrase.of("it", "il");

  private static final List<SamplePhrase> DAYS =
      List.of(
          SamplePhrase.of("Monday", "lundi"),
          SamplePhrase.of("Tuesday", "mardi"),
          SamplePhrase.of("Wednesday", "mercredi"),
          SamplePhrase.of("Thursday", "jeudi"),
          SamplePhrase.of("Friday", "vendredi"),
          SamplePhrase.of("Saturday", "samedi"),
          SamplePhrase.of("Sunday", "dimanche"));

  private static final List<SamplePhrase> MONTHS =
      List.of(
          SamplePhrase.of("January", "janvier"),
          SamplePhrase.of("February", "février"),
          SamplePhrase.of("March", "mars"),
          SamplePhrase.of("April", "avril"),
          SamplePhrase.of("May", "mai"),
          SamplePhrase.of("June", "juin"),
          SamplePhrase.of("July", "juillet"),
          SamplePhrase.of("August", "août"),
          SamplePhrase.of("September", "septembre"),
          SamplePhrase.of("October", "octobre"),
          SamplePhrase.of("November", "novembre"),
          SamplePhrase.of("December", "décembre"));

  /** After and before the full hour, as both languages say it. */
  private static final List<SamplePhrase> PAST =
      List.of(
          SamplePhrase.of("five past", "cinq"),
          SamplePhrase.of("ten past", "dix"),
          SamplePhrase.of("a quarter past", "et quart"),
          SamplePhrase.of("twenty past", "vingt"),
          SamplePhrase.of("half past", "et demie"),
          SamplePhrase.of("twenty to", "moins vingt"),
          SamplePhrase.of("a quarter to", "moins le quart"),
          SamplePhrase.of("ten to", "moins dix"),
          SamplePhrase.of("five to", "moins cinq"));

  private static final Verb LEAVE = verb("leave", "leaves", "part");
  private static final Verb ARRIVE = verb("arrive", "arrives", "arrive");
  private static final Verb OPEN = verb("open", "opens", "ouvre");
  private static final Verb CLOSE = verb("close", "closes", "ferme");
  private static final Verb BEGIN = verb("begin", "begins", "commence");

  /** What happens at a time. */
  private record Event(SamplePhrase what, List<Verb> does) {}

  private static final List<Event> HOURLY =
      List.of(
          new Event(SamplePhrase.of("the train", "le train"), List.of(LEAVE, ARRIVE)),
          new Event(SamplePhrase.of("the bus", "le bus"), List.of(LEAVE, ARRIVE)),
          new Event(SamplePhrase.of("the plane", "l'avion"), List.of(LEAVE, ARRIVE)),
          new Event(SamplePhrase.of("the shop", "le magasin"), List.of(OPEN, CLOSE)),
          new Event(SamplePhrase.of("the museum", "le musée"), List.of(OPEN, CLOSE)),
          new Event(SamplePhrase.of("the school", "l'école"), List.of(OPEN, CLOSE)),
          new Event(SamplePhrase.of("the film", "le film"), List.of(BEGIN)),
          new Event(SamplePhrase.of("the concert", "le concert"), List.of(BEGIN)));

  private static final List<SamplePhrase> YEARLY =
      List.of(
          SamplePhrase.of("the party", "la fête"),
          SamplePhrase.of("the concert", "le concert"),
          SamplePhrase.of("the wedding", "le mariage"),
          SamplePhrase.of("the exam", "l'examen"),
          SamplePhrase.of("my birthday", "mon anniversaire"),
          SamplePhrase.of("her birthday", "son anniversaire"));

  private static final int FIRST_YEAR = 1980;
  private static final int YEARS = 20;

  private final SampleDraws draws;
  private final SampleNouns nouns;
  private final SampleClauses clauses;

  SampleCalendar(SampleDraws draws, SampleNouns nouns, SampleClauses clauses) {
    this.draws = draws;
    this.nouns = nouns;
    this.clauses = clauses;
  }

  private static Verb verb(String english, String third, String french) {
    // what these are said of is a single thing
    return new Verb(
        english, third, List.of(french, french, french, french, french), Takes.STATE, Set.of());
  }

  /** "In the evening", "on Mondays". */
  SamplePhrase often() {
    int kind = draws.below(10);
    if (kind < 3) {
      return SamplePhrase.of("in the morning", "le matin");
    }
    if (kind < 6) {
      return SamplePhrase.of("in the evening", "le soir");
    }
    SamplePhrase day = draws.pick(DAYS);
    return SamplePhrase.of("on " + day.english() + "s", "le " + day.french());
  }

  /** "It is ten past three.", "The train leaves at half past ten." */
  Pair time() {
    SamplePhrase hour = hour();
    if (draws.chance(40)) {
      return clauses.be(IT, hour.english(), hour.french());
    }
    Event event = draws.pick(HOURLY);
    return clauses.verb(
        event.what(),
        draws.pick(event.does()),
        SamplePhrase.of("at " + hour.english(), SampleFrench.to(hour.french())));
  }

  private SamplePhrase hour() {
    if (draws.chance(6)) {
      return draws.chance(50)
          ? SamplePhrase.of("noon", "midi")
          : SamplePhrase.of("midnight", "minuit");
    }
    int hour = 1 + draws.below(11);
    String french = SampleFrench.number(hour, true) + (hour == 1 ? " heure" : " heures");
    SamplePhrase time;
    if (draws.chance(30)) {
      time = SamplePhrase.of(SampleEnglish.number(hour) + " o'clock", french);
    } else {
      SamplePhrase past = draws.pick(PAST);
      time =
          SamplePhrase.of(
              past.english() + " " + SampleEnglish.number(hour), french + " " + past.french());
    }
    if (draws.chance(60)) {
      return time;
    }
    if (draws.chance(50)) {
      return time.then("in the morning", "du matin");
    }
    return hour <= 5
        ? time.then("in the afternoon", "de l'après-midi")
        : time.then("in the evening", "du soir");
  }

  /** "The party is on 14 July.", "Paul was born on 3 May 1987." */
  Pair date() {
    SamplePhrase date = day();
    int kind = draws.below(10);
    if (kind < 4) {
      SamplePhrase who = draws.chance(70) ? nouns.name() : nouns.thirdPerson();
      int year = FIRST_YEAR + draws.below(YEARS);
      boolean several = who.plural();
      String born = (who.feminine() ? "née" : "né") + (several ? "s" : "") + " le " + date.french();
      return Pair.statement(
          "%s %s born on %s %d"
              .formatted(who.english(), several ? "were" : "was", date.english(), year),
          "%s %s %s %d".formatted(who.french(), SampleClauses.be(who), born, year));
    }
    if (draws.chance(50)) {
      SamplePhrase day = draws.pick(DAYS);
      date =
          SamplePhrase.of(
              day.english() + ", " + date.english(), day.french() + " " + date.french());
    }
    if (kind < 6) {
      return Pair.statement(
          "today is " + date.english(), "aujourd'hui, nous sommes le " + date.french());
    }
    return clauses.be(draws.pick(YEARLY), "on " + date.english(), "le " + date.french());
  }

  /** A day that every year has. */
  private SamplePhrase day() {
    int month = draws.below(12);
    int day = 1 + draws.below(month == 1 ? 28 : 30);
    SamplePhrase name = MONTHS.get(month);
    return SamplePhrase.of(
        day + " " + name.english(), (day == 1 ? "1er" : String.valueOf(day)) + " " + name.french());
  }
}
