// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextStripsTest {
  static TextStrips of(List<String> symbols, TextStrips.Strip... strips) {
    return new TextStrips("Title", List.of("A note."), symbols, List.of(strips));
  }

  static TextStrips.Strip strip(double... values) {
    return new TextStrips.Strip("W_h^i", "input gate", TextStrips.Colour.BLUE, values);
  }

  @Test
  void fullColourBeginsWhereNinetyEightOfAHundredAreNotAbove() {
    // from 100 down to 1, then none
    double[] values =
        IntStream.rangeClosed(0, 100).mapToDouble(i -> i < 100 ? 100 - i : Double.NaN).toArray();
    TextStrips.Strip strip = strip(values);
    assertThat(strip.full()).isEqualTo(98);
    assertThat(strip.mean()).isCloseTo(50.5, within(1e-12));
    double[] shades = strip.shades();
    assertThat(shades[0]).isEqualTo(1);
    assertThat(shades[51]).isCloseTo(0.5, within(1e-12)); // 49 of 98
    assertThat(shades[100]).isZero();
  }

  @Test
  void stripsWithoutNumbersHaveNoColour() {
    assertThat(strip(Double.NaN, Double.NaN).shades()).containsExactly(0, 0);
    assertThat(strip(Double.NaN, Double.NaN).mean()).isNaN();
    assertThat(strip(0, 0).shades()).containsExactly(0, 0);
    assertThat(strip(Double.NaN, 3).shades()).containsExactly(0, 1);
  }

  @Test
  void linesHoldWholeLinesOfTheTextWhereTheyFit() {
    List<String> symbols = new java.util.ArrayList<>(List.of("a", "\n", "\n"));
    symbols.addAll(Collections.nCopies(81, "x"));
    symbols.add("\n");
    assertThat(of(symbols).lines())
        .containsExactly(
            new TextStrips.Line(0, 3), new TextStrips.Line(3, 83), new TextStrips.Line(83, 85));
    assertThat(of(List.of()).lines()).isEmpty();
    // 30 + 30 fit into 80, the next 30 do not; 80 and 0 more just fit
    List<String> three = new java.util.ArrayList<>();
    for (int line = 0; line < 3; line++) {
      three.addAll(Collections.nCopies(29, "y"));
      three.add("\n");
    }
    assertThat(of(three).lines())
        .containsExactly(new TextStrips.Line(0, 60), new TextStrips.Line(60, 90));
    assertThat(of(Collections.nCopies(80, "z")).lines())
        .containsExactly(new TextStrips.Line(0, 80));
    // what is left of a long line shares its line with the next
    List<String> mixed = new java.util.ArrayList<>(Collections.nCopies(90, "x"));
    mixed.add("\n");
    mixed.addAll(List.of("b", "\n"));
    assertThat(of(mixed).lines())
        .containsExactly(new TextStrips.Line(0, 80), new TextStrips.Line(80, 93));
  }

  @Test
  void whatCannotBeSeenHasASign() {
    assertThat(List.of("a", " ", "\n", "\t", "\r", "\u0007", "é", "😀", "", "\u202e"))
        .extracting(TextStrips::visible)
        .containsExactly("a", "·", "↵", "⇥", "□", "□", "é", "😀", "", "□");
    assertThat(List.of("a", " ", "\n", "\u0007", ""))
        .extracting(TextStrips::word)
        .containsExactly("'a'", "space", "newline", "U+0007", "rest of a character");
  }

  @Test
  void numbersAreShort() {
    assertThat(List.of(0.012345, 2.0, 1234.5, Double.NaN))
        .extracting(TextStrips::number)
        .containsExactly("0.0123", "2", "1.23E+3", "-");
  }

  @Test
  void everyStripHasANumberForEachSymbol() {
    assertThatThrownBy(() -> of(List.of("a"), strip(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("W_h^i: 2 numbers for 1");
  }
}
