// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleSentencesTest {
  private static final Map<String, String> MANY = new HashMap<>();

  private static List<ParallelText> parts(ParallelSplits splits) {
    List<ParallelText> parts = new ArrayList<>(splits.tests().values());
    parts.add(0, splits.validation());
    parts.add(0, splits.train());
    return parts;
  }

  /** Every English sentence has one translation, whatever the seed. */
  @BeforeAll
  static void manySentences() {
    for (long seed = 1; seed <= 4; seed++) {
      for (ParallelText part : parts(SampleSentences.splits(seed))) {
        for (int i = 0; i < part.count(); i++) {
          String before = MANY.put(part.source().get(i), part.target().get(i));
          assertThat(before).isIn(null, part.target().get(i));
        }
      }
    }
    assertThat(MANY).hasSizeGreaterThan(7_000);
  }

  /** Written by hand, one or two for each rule of the grammar. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "I often draw this hotel. | Je dessine souvent cet hôtel.",
        "I bring a beautiful bag to Marie. | J'apporte un beau sac à Marie.",
        "Who goes to the new hotel? | Qui va au nouvel hôtel ?",
        "His sister does not eat five eggs. | Sa sœur ne mange pas cinq œufs.",
        "His neighbour eats cheese in the old garden."
            + " | Son voisin mange du fromage dans le vieux jardin.",
        "There is an owl in the museum. | Il y a un hibou dans le musée.",
        "Julien was born on 4 August 1988. | Julien est né le 4 août 1988.",
        "She does not drink water in the village. | Elle ne boit pas d'eau dans le village.",
        "How old is his brother? | Quel âge a son frère ?",
        "The school does not close at three o'clock in the morning."
            + " | L'école ne ferme pas à trois heures du matin.",
        "Paul draws seven owls. | Paul dessine sept hiboux.",
        "She does not read a book. | Elle ne lit pas de livre.",
        "He never buys an apple. | Il n'achète jamais de pomme.",
        "You do not show an orange to the actress. | Vous ne montrez pas d'orange à l'actrice.",
        "I do not like these cats. | Je n'aime pas ces chats.",
        "Is she happy? | Est-ce qu'elle est heureuse ?",
        "It is a quarter to eight. | Il est huit heures moins le quart.",
        "The man comes from the empty hotel. | L'homme vient de l'hôtel vide.",
        "My aunts go to the station. | Mes tantes vont à la gare.",
        "The young doctor sells his black clock. | Le jeune médecin vend son horloge noire.",
        "Where are her dresses? | Où sont ses robes ?",
        "Marie goes to the new museum. | Marie va au nouveau musée.",
        "Does the king give an apple to the sad women?"
            + " | Est-ce que le roi donne une pomme aux femmes tristes ?",
        "The beautiful man likes the beautiful park. | Le bel homme aime le beau parc.",
        "These owls are big. | Ces hiboux sont grands.",
        "Thomas was born on 1 September 1984. | Thomas est né le 1er septembre 1984.",
        "Is this egg under our bed? | Est-ce que cet œuf est sous notre lit ?",
        "I do not give a big pear to their brothers."
            + " | Je ne donne pas de grande poire à leurs frères.",
        "The exam is not on Monday, 23 November. | L'examen n'est pas le lundi 23 novembre.",
        "Sophie is not twenty-two years old. | Sophie n'a pas vingt-deux ans.",
        "How many eggs are there in the museum? | Combien d'œufs y a-t-il dans le musée ?",
        "It is half past one in the morning. | Il est une heure et demie du matin.",
        "There is no small horse in the old hotel."
            + " | Il n'y a pas de petit cheval dans le vieil hôtel.",
        "Who draws the dog? | Qui dessine le chien ?"
      })
  void translatesAsAPersonDoes(String english, String french) {
    assertThat(MANY).containsEntry(english, french);
  }

  /** From a French grammar. */
  @ParameterizedTest
  @CsvSource({
    "0, zéro, zéro, zero",
    "1, un, une, one",
    "16, seize, seize, sixteen",
    "17, dix-sept, dix-sept, seventeen",
    "20, vingt, vingt, twenty",
    "21, vingt et un, vingt et une, twenty-one",
    "35, trente-cinq, trente-cinq, thirty-five",
    "61, soixante et un, soixante et une, sixty-one",
    "69, soixante-neuf, soixante-neuf, sixty-nine",
    "70, soixante-dix, soixante-dix, seventy",
    "71, soixante et onze, soixante et onze, seventy-one",
    "72, soixante-douze, soixante-douze, seventy-two",
    "77, soixante-dix-sept, soixante-dix-sept, seventy-seven",
    "80, quatre-vingts, quatre-vingts, eighty",
    "81, quatre-vingt-un, quatre-vingt-une, eighty-one",
    "90, quatre-vingt-dix, quatre-vingt-dix, ninety",
    "91, quatre-vingt-onze, quatre-vingt-onze, ninety-one",
    "99, quatre-vingt-dix-neuf, quatre-vingt-dix-neuf, ninety-nine",
    "100, cent, cent, one hundred"
  })
  void numbersInWords(int number, String masculine, String feminine, String english) {
    assertThat(SampleFrench.number(number, false)).isEqualTo(masculine);
    assertThat(SampleFrench.number(number, true)).isEqualTo(feminine);
    assertThat(SampleEnglish.number(number)).isEqualTo(english);
  }

  @Test
  void noSentenceBreaksARuleOfSpelling() {
    String vowel = "[aâeéêhiîoôuœ]";
    Pattern wrongFrench =
        Pattern.compile(
            "\\b(le|la|de|ne|je|que|ma|sa|ce|du|au) (?!hiboux?\\b)"
                + vowel
                // in the plural "vieux" is right before a vowel, too
                + "|(?<!et |-)\\b(le|un|ce|du|au|mon|son) (beau|vieux|nouveau) (?!hibou\\b)"
                + vowel
                + "|\\b(de|à) les? |\\b(un|le|mon|ce|cet|du|au) (femme|sœur|pomme|gare)\\b"
                + "|'[^aâeéêhiîoôuœyAE]|  |[^ ][?]|^[a-zéà]|qu' |null",
            Pattern.UNICODE_CHARACTER_CLASS);
    Pattern wrongEnglish =
        Pattern.compile(
            "\\ba [aeiou]|\\ban [^aeiou]|\\b(an?|this) \\w+ (men|women|mice)\\b|  | [?]");
    MANY.forEach(
        (english, french) -> {
          assertThat(wrongFrench.matcher(french).find()).as(french).isFalse();
          assertThat(wrongEnglish.matcher(english).find()).as(english).isFalse();
          assertThat(english).matches("[A-Z].*[.?]");
          assertThat(french).matches("[A-ZÀ].*([a-zéèùœ0-9]\\.| \\?)");
          assertThat(english.endsWith("?")).isEqualTo(french.endsWith("?"));
          assertThat(
                  english.contains(" not ")
                      || english.contains(" never ")
                      || english.contains(" no "))
              .as(english + french)
              .isEqualTo(french.contains(" pas ") || french.contains(" jamais "));
        });
  }

  @Test
  void noSentenceIsInTwoPartsAndEveryWordOccursInTraining() {
    ParallelSplits splits = SampleSentences.splits(1);
    assertThat(splits.train().count()).isEqualTo(2_000);
    assertThat(splits.validation().count()).isEqualTo(200);
    assertThat(splits.tests()).containsOnlyKeys("test");
    ParallelText test = Objects.requireNonNull(splits.tests().get("test"));
    assertThat(test.count()).isEqualTo(200);
    Set<String> english = new HashSet<>();
    Set<String> french = new HashSet<>();
    for (ParallelText part : parts(splits)) {
      english.addAll(part.source());
      french.addAll(part.target());
    }
    assertThat(english).hasSize(2_400);
    assertThat(french).hasSize(2_400);
    Set<String> known = words(splits.train());
    assertThat(known).containsAll(words(splits.validation()));
    assertThat(known).containsAll(words(test));
  }

  private static Set<String> words(ParallelText part) {
    Set<String> words = new HashSet<>();
    part.source().forEach(s -> words.addAll(Arrays.asList(s.split("[ .,?]+"))));
    part.target().forEach(s -> words.addAll(Arrays.asList(s.split("[ .,?]+|(?<=')"))));
    return words;
  }

  @Test
  void theSeedDeterminesTheSentences() {
    ParallelSplits one = SampleSentences.splits(1);

    assertThat(SampleSentences.splits(1)).isEqualTo(one);
    assertThat(SampleSentences.splits(2).fingerprint()).isNotEqualTo(one.fingerprint());
    // a larger training part begins with the smaller one
    assertThat(SampleSentences.splits(1, 2_500, 10, 20).train().source().subList(0, 2_000))
        .isEqualTo(one.train().source());
    // as first made: figures on them stay comparable while this holds
    assertThat(one.fingerprint())
        .isEqualTo("efadf42fdf64055b521526784f73537a9e1bcade0046a8ad10f8bb7ed7a33d06");
  }

  @Test
  void refusesNumbersThatItCannotMake() {
    assertThatThrownBy(() -> SampleSentences.splits(1, 499, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("training sentences")
        .hasMessageContaining("expected 500 to 50000, received 499");
    assertThatThrownBy(() -> SampleSentences.splits(1, 50_001, 1, 1)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> SampleSentences.splits(1, 500, 0, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("validation sentences");
    assertThatThrownBy(() -> SampleSentences.splits(1, 500, 1, 501))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("test sentences");
  }
}
