// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WidthsTest {
  private static final List<Integer> FILTERS = List.of(16, 12);

  @Test
  void readsWhatUsersWrite() {
    assertThat(Widths.of("8, 12", FILTERS)).isEqualTo(new Widths(8, 12));
    assertThat(Widths.of("1,1", FILTERS)).isEqualTo(new Widths(1, 1));
    assertThat(Widths.of("16,12", FILTERS)).isEqualTo(new Widths(16, 12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "0,12 | a whole number from 1 to 16 | received '0'",
        "8,0 | a whole number from 1 to 12 | received '0'",
        "-3,12 | a whole number from 1 to 16 | received '-3'",
        "17,12 | a whole number from 1 to 16 | received '17'",
        "8,13 | a whole number from 1 to 12 | received '13'",
        "8.5,12 | a whole number from 1 to 16 | received '8.5'",
        "0.5,0.5 | a whole number from 1 to 16 | received '0.5'",
        "NaN,3 | a number, such as | received 'NaN'",
        "8,Infinity | a number, such as | received 'Infinity'",
        "8 | 2 numbers with commas between them | received 1 number",
        "8,9,10 | 2 numbers with commas between them | received 3 numbers",
        "a,b | a number, such as | received 'a'"
      })
  void refusesWhatIsNone(String words, String expected, String received) {
    assertThatThrownBy(() -> Widths.of(words, FILTERS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(expected)
        .hasMessageContaining(received);
  }

  @Test
  void drawsDifferentPairs() {
    List<Widths> drawn = Widths.drawn(FILTERS, 16 * 12, 3);
    Set<Widths> all = new HashSet<>(drawn);
    assertThat(all).hasSize(16 * 12);
    assertThat(drawn)
        .allMatch(
            widths ->
                widths.first() >= 1
                    && widths.first() <= 16
                    && widths.second() >= 1
                    && widths.second() <= 12);
    assertThat(Widths.drawn(FILTERS, 20, 3)).isEqualTo(drawn.subList(0, 20));
    assertThat(Widths.drawn(FILTERS, 20, 4)).isNotEqualTo(drawn.subList(0, 20));
  }

  /** Each of 192 pairs is drawn 50 times of 9,600 in the mean, with a deviation of 7. */
  @Test
  void everyPairIsTrainedEquallyOften() {
    int[][] counts = new int[16][12];
    for (int step = 0; step < 9_600; step++) {
      Widths widths = Widths.ofStep(FILTERS, 7, step);
      assertThat(Widths.ofStep(FILTERS, 7, step)).isEqualTo(widths);
      counts[widths.first() - 1][widths.second() - 1]++;
    }
    for (int[] row : counts) {
      for (int count : row) {
        assertThat(count).isBetween(15, 85); // five deviations
      }
    }
  }
}
