// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarTextTest {
  private static final BarText PLAIN = new BarText(false, false);
  private static final List<String> FIGURES =
      List.of("loss 0.3359", "error 10.00 %", "validation error  4.70 %");

  @Test
  void showsAllThereIsRoomFor() {
    assertThat(PLAIN.of(3000, 6000, 125.2, FIGURES, 130))
        .isEqualTo(
            " 50 % ####################--------------------  3000/6000    2:06 left  loss 0.3359"
                + "  error 10.00 %  validation error  4.70 %");
  }

  @Test
  void theFirstFiguresGoFirst() {
    // 79 columns: 5 + 1, 7 + 2, 11 + 2 and 24 + 2 leave 25 cells, a ninth of them full
    assertThat(PLAIN.of(40, 360, 61, FIGURES, 79))
        .isEqualTo(
            " 11 % " + "##" + "-".repeat(23) + "   40/360    1:01 left  validation error  4.70 %");
    assertThat(PLAIN.of(40, 360, 61, FIGURES, 60))
        .isEqualTo(" 11 % ###" + "-".repeat(29) + "   40/360    1:01 left");
    assertThat(PLAIN.of(40, 360, 61, FIGURES, 40))
        .isEqualTo(" 11 % ##" + "-".repeat(23) + "   40/360");
  }

  @ParameterizedTest
  @ValueSource(ints = {79, 99, 119, 200})
  void theBarHasAtLeastTwentyCells(int columns) {
    String text = PLAIN.of(5_999_999, 6_000_000, 86_399, FIGURES, columns);
    assertThat(text.length()).isLessThanOrEqualTo(columns);
    assertThat(text.chars().filter(c -> c == '#' || c == '-').count()).isBetween(20L, 40L);
    assertThat(text).contains("5999999/6000000", "23:59:59 left");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 6, 7, 12, 20, 26, 30})
  void aNarrowTerminalGetsLess(int columns) {
    assertThat(PLAIN.of(1, 2, 1, FIGURES, columns).length()).isLessThanOrEqualTo(columns);
  }

  @Test
  void figuresStayInTheirPlaces() {
    String first = PLAIN.of(1, 6000, -1, List.of(), 79);
    String last = PLAIN.of(6000, 6000, 0, List.of(), 79);
    assertThat(first).endsWith("     1/6000    -:-- left").hasSameSizeAs(last);
    assertThat(last).startsWith("100 % ####").endsWith("  6000/6000    0:00 left");
  }

  @Test
  void coloursDoNotCount() {
    String text = new BarText(true, true).of(1, 2, 1, FIGURES, 79);
    assertThat(text).contains("\033[36m━").contains("\033[2m─");
    assertThat(text.replaceAll("\033\\[\\d*m", ""))
        .isEqualTo(new BarText(true, false).of(1, 2, 1, FIGURES, 79));
  }

  @Test
  void timesAreRoundedUp() {
    assertThat(BarText.time(0.2)).isEqualTo("0:01");
    assertThat(BarText.time(59.5)).isEqualTo("1:00");
    assertThat(BarText.time(3600)).isEqualTo("1:00:00");
    assertThat(BarText.time(90_061)).isEqualTo("25:01:01");
  }
}
