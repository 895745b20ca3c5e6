// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.List;
import java.util.Set;
import org.hypernet4j.data.SampleClauses.Pair;
import org.hypernet4j.data.SampleWords.Adjective;
import org.hypernet4j.data.SampleWords.Noun;
import org.hypernet4j.data.SampleWords.Takes;
import org.hypernet4j.data.SampleWords.Verb;

/** The forms of the sample sentences; {@link SampleCalendar} has those with dates and times. */
final class SampleGrammar {
  private static final Verb GO =
      SampleWords.verb("go", "goes", "vais va allons allez vont", Takes.CERTAIN);
  private static final Verb COME =
      SampleWords.verb("come", "comes", "viens vient venons venez viennent", Takes.CERTAIN);
  private static final Verb HAVE =
      SampleWords.verb("have", "has", "ai a avons avez ont", Takes.STATE);
  private static final Verb DRINK =
      SampleWords.verb("drink", "drinks", "bois boit buvons buvez boivent", Takes.CERTAIN);
  private static final Verb EAT =
      SampleWords.verb("eat", "eats", "mange mange mangeons mangez mangent", Takes.CERTAIN);
  private static final Verb COST =
      SampleWords.verb("cost", "costs", "coûte coûte coûtons coûtez coûtent", Takes.STATE);
  private static final List<Verb> GIVE =
      List.of(
          SampleWords.verb("give", "gives", "donne donne donnons donnez donnent", Takes.CERTAIN),
          SampleWords.verb(
              "show", "shows", "montre montre montrons montrez montrent", Takes.CERTAIN),
          SampleWords.verb(
              "bring", "brings", "apporte apporte apportons apportez apportent", Takes.CERTAIN));

  private static final List<SamplePhrase> DRINKS =
      List.of(
          new SamplePhrase("water", "de l'eau", "d'eau", true, SamplePhrase.HE),
          new SamplePhrase("milk", "du lait", "de lait", false, SamplePhrase.HE),
          new SamplePhrase("tea", "du thé", "de thé", false, SamplePhrase.HE),
          new SamplePhrase("coffee", "du café", "de café", false, SamplePhrase.HE));
  private static final List<SamplePhrase> FOODS =
      List.of(
          new SamplePhrase("bread", "du pain", "de pain", false, SamplePhrase.HE),
          new SamplePhrase("cheese", "du fromage", "de fromage", false, SamplePhrase.HE),
          new SamplePhrase("soup", "de la soupe", "de soupe", true, SamplePhrase.HE),
          new SamplePhrase("meat", "de la viande", "de viande", true, SamplePhrase.HE));
  private static final List<SamplePhrase> WAYS =
      List.of(
          SamplePhrase.of("by car", "en voiture"),
          SamplePhrase.of("by train", "en train"),
          SamplePhrase.of("by bicycle", "à vélo"),
          SamplePhrase.of("on foot", "à pied"));

  private final SampleWords words;
  private final SampleDraws draws;
  private final SampleNouns nouns;
  private final SampleClauses clauses;
  private final SampleCalendar calendar;

  SampleGrammar(SampleWords words, SampleDraws draws) {
    this.words = words;
    this.draws = draws;
    this.nouns = new SampleNouns(words, draws);
    this.clauses = new SampleClauses(draws);
    this.calendar = new SampleCalendar(draws, nouns, clauses);
  }

  Pair sentence() {
    int form = draws.below(100);
    if (form < 30) {
      return action();
    }
    if (form < 42) {
      return description();
    }
    if (form < 55) {
      return location();
    }
    if (form < 61) {
      return foodOrDrink();
    }
    if (form < 68) {
      return journey();
    }
    if (form < 74) {
      return gift();
    }
    if (form < 86) {
      return quantity();
    }
    return form < 93 ? calendar.time() : calendar.date();
  }

  /** "Paul does not read the newspaper." */
  private Pair action() {
    Verb verb = draws.pick(words.verbs());
    Noun noun = nouns.noun(verb.classes().stream().sorted().toArray(String[]::new));
    // "my brother", never "a brother"
    boolean any = verb.takes() == Takes.ANY && !noun.isA("kin") && draws.chance(50);
    SamplePhrase object =
        !any
            ? nouns.certain(noun)
            : draws.chance(25) ? nouns.counted(noun, 2 + draws.below(9)) : nouns.any(noun);
    if (verb.takes() != Takes.STATE && draws.chance(25)) {
      object = object.then(draws.chance(50) ? calendar.often() : place("place"));
    }
    return clauses.verb(nouns.somebody(), verb, object);
  }

  /** "The house is very old." Without an adjective before it, which might contradict. */
  private Pair description() {
    SamplePhrase subject;
    Set<String> classes;
    if (draws.chance(25)) {
      subject = draws.chance(50) ? nouns.name() : nouns.thirdPerson();
      classes = Set.of("name");
    } else {
      Noun noun = draws.pick(words.nouns());
      while (words.behind(noun.classes()).isEmpty()) {
        noun = draws.pick(words.nouns());
      }
      subject = nouns.plain(noun);
      classes = noun.classes();
    }
    Adjective adjective = draws.pick(words.behind(classes));
    boolean very = draws.chance(20) && adjective.place() != SampleWords.Place.COLOUR;
    String french = adjective.french(subject.feminine(), subject.plural());
    return clauses.be(
        subject,
        very ? "very " + adjective.english() : adjective.english(),
        very ? "très " + french : french);
  }

  /** "Where is the cat?", "The cat is under the table." */
  private Pair location() {
    SamplePhrase subject;
    SamplePhrase place;
    if (draws.chance(30)) {
      subject = nouns.somebody();
      place = place("place", "building");
    } else {
      Noun noun = nouns.noun("animal", "thing", "clothes", "food", "vehicle", "building");
      subject = nouns.certain(noun);
      place = placeOf(noun);
      if (draws.chance(15)) {
        return Pair.question(
            "where " + SampleEnglish.be(subject) + " " + subject.english(),
            "où " + SampleClauses.be(subject) + " " + subject.french());
      }
    }
    return clauses.be(subject, place.english(), place.french());
  }

  /** "Anne never drinks coffee." */
  private Pair foodOrDrink() {
    boolean drink = draws.chance(50);
    SamplePhrase what = draws.pick(drink ? DRINKS : FOODS);
    if (draws.chance(40)) {
      what = what.then(draws.chance(60) ? calendar.often() : place("place"));
    }
    return clauses.verb(nouns.somebody(), drink ? DRINK : EAT, what);
  }

  /** "My sister goes to the station on foot." */
  private Pair journey() {
    boolean to = draws.chance(60);
    SamplePhrase place = nouns.certain(nouns.noun("go"), false);
    SamplePhrase way =
        to
            ? SamplePhrase.of("to " + place.english(), SampleFrench.to(place.french()))
            : SamplePhrase.of("from " + place.english(), SampleFrench.from(place.french()));
    if (draws.chance(50)) {
      way = way.then(draws.chance(60) ? draws.pick(WAYS) : calendar.often());
    }
    return clauses.verb(nouns.somebody(), to ? GO : COME, way);
  }

  /** "We give an apple to the horse." */
  private Pair gift() {
    Noun noun = nouns.noun("thing", "clothes", "food");
    SamplePhrase what = draws.chance(50) ? nouns.any(noun) : nouns.certain(noun);
    SamplePhrase whom =
        draws.chance(30)
            ? nouns.name()
            : nouns.certain(nouns.noun("person", "profession", "child", "kin"));
    return clauses.verb(
        nouns.somebody(),
        draws.pick(GIVE),
        what.then("to " + whom.english(), SampleFrench.to(whom.french())));
  }

  /** Numbers of years, euros and things. */
  private Pair quantity() {
    int number = 2 + draws.below(98);
    switch (draws.below(6)) {
      case 0 -> {
        SamplePhrase who = nouns.somebody();
        return who.person() == SamplePhrase.HE && draws.chance(15) && !isPronoun(who)
            ? Pair.question("how old is " + who.english(), "quel âge a " + who.french())
            : age(who, number);
      }
      case 1 -> {
        Noun noun = nouns.noun("thing", "furniture", "clothes", "food");
        SamplePhrase what = nouns.certain(noun);
        return clauses.verb(
            what,
            COST,
            SamplePhrase.of(
                SampleEnglish.number(number) + " euros",
                SampleFrench.number(number, false) + " euros"));
      }
      case 2 -> {
        Noun noun = nouns.noun("kin", "animal", "thing", "clothes", "vehicle");
        boolean one = !noun.isA("kin") && draws.chance(40);
        return clauses.verb(
            nouns.somebody(),
            HAVE,
            one ? nouns.any(noun) : nouns.counted(noun, 2 + draws.below(9)));
      }
      default -> {
        return thereAre(number);
      }
    }
  }

  /** "There are twenty-one chairs in the school." */
  private Pair thereAre(int number) {
    Noun noun = nouns.noun("person", "child", "animal", "thing", "clothes", "food");
    boolean many = draws.chance(60);
    SamplePhrase place =
        many || noun.isA("person", "child") ? place("place", "building") : placeOf(noun);
    if (many && draws.chance(25)) {
      return Pair.question(
          "how many " + noun.englishPlural() + " are there " + place.english(),
          "combien "
              + SampleFrench.elided("de", noun.frenchPlural())
              + " y a-t-il "
              + place.french());
    }
    if (many) {
      SamplePhrase several = nouns.counted(noun, number);
      return Pair.statement(
          "there are " + several.english() + " " + place.english(),
          "il y a " + several.french() + " " + place.french());
    }
    SamplePhrase one = nouns.any(noun);
    return draws.chance(30)
        ? Pair.statement(
            "there is no "
                + one.english().substring(one.english().indexOf(' ') + 1)
                + " "
                + place.english(),
            "il n'y a pas " + one.negated() + " " + place.french())
        : Pair.statement(
            "there is " + one.english() + " " + place.english(),
            "il y a " + one.french() + " " + place.french());
  }

  private Pair age(SamplePhrase who, int years) {
    return clauses.beAndHave(
        who,
        SampleEnglish.number(years) + " years old",
        SampleFrench.number(years, false) + " ans");
  }

  private static boolean isPronoun(SamplePhrase who) {
    return who.french().equals("il") || who.french().equals("elle");
  }

  /** Where a thing may well be. */
  private SamplePhrase placeOf(Noun noun) {
    if (noun.isA("building", "vehicle")) {
      Noun other = nouns.noun("building");
      while (other.equals(noun)) {
        other = nouns.noun("building");
      }
      return beside(nouns.certain(other, false));
    }
    int kind = noun.isA("large") ? 0 : draws.below(10);
    if (kind < 4) {
      boolean small = noun.isA("thing", "food") && !noun.isA("container");
      return place("place", small ? "container" : "building");
    }
    if (kind < 8) {
      SamplePhrase furniture = nouns.certain(nouns.noun("furniture"), false);
      return draws.chance(50)
          ? SamplePhrase.of("on " + furniture.english(), "sur " + furniture.french())
          : SamplePhrase.of("under " + furniture.english(), "sous " + furniture.french());
    }
    return beside(nouns.certain(nouns.noun("furniture", "tree"), false));
  }

  /** In something. */
  private SamplePhrase place(String... classes) {
    SamplePhrase place = nouns.certain(nouns.noun(classes), false);
    return SamplePhrase.of("in " + place.english(), "dans " + place.french());
  }

  private SamplePhrase beside(SamplePhrase what) {
    return switch (draws.below(3)) {
      case 0 ->
          SamplePhrase.of("near " + what.english(), "près " + SampleFrench.from(what.french()));
      case 1 -> SamplePhrase.of("behind " + what.english(), "derrière " + what.french());
      default -> SamplePhrase.of("in front of " + what.english(), "devant " + what.french());
    };
  }
}
