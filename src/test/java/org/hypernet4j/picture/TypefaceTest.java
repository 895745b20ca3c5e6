// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.geom.Rectangle2D;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected sizes are those of the font's tables, in units of which 2,048 are a size. */
class TypefaceTest {
  private static final String SIGNS =
      "·↵⇥□▁œæŒÆ«»’‘“”–…°€ßéèêëàâäîïôöùûüçñåčÀÂÄÇÉÈÊËÎÏÔÖÙÛÜαβγδθλμσΔΣ²₀→≤≥×±жЯ";

  @Test
  void theLettersOfOurPicturesAreThere() {
    IntStream.concat(IntStream.rangeClosed(' ', '~'), SIGNS.codePoints())
        .forEach(
            character -> {
              assertThat(Typeface.SANS.has(character)).as(Character.toString(character)).isTrue();
              assertThat(Typeface.MONO.has(character)).as(Character.toString(character)).isTrue();
            });
  }

  @Test
  void anUnknownCharacterIsABox() {
    assertThat(Typeface.MONO.has("漢".codePointAt(0))).isFalse();
    assertThat(bounds(Typeface.MONO, "漢")).isEqualTo(bounds(Typeface.MONO, Typeface.UNKNOWN));
  }

  @Test
  void aMarkBelongsToItsLetter() {
    assertThat(bounds(Typeface.SANS, "e\u0301")).isEqualTo(bounds(Typeface.SANS, "é"));
    assertThat(bounds(Typeface.SANS, "é").getMinY())
        .isLessThan(bounds(Typeface.SANS, "e").getMinY() - 10);
    assertThat(bounds(Typeface.SANS, "ç").getMaxY())
        .isGreaterThan(bounds(Typeface.SANS, "c").getMaxY() + 10);
  }

  @Test
  void sizesAreThoseOfTheFont() {
    // H of DejaVu Sans: 1,493 units high, 1,540 wide with its room; of the mono font 1,233 wide
    assertThat(bounds(Typeface.SANS, "H").getHeight()).isCloseTo(100 * 1493.0 / 2048, within(0.01));
    assertThat(bounds(Typeface.SANS, "H").getMaxY()).isCloseTo(0, within(1e-6));
    assertThat(Typeface.SANS.width("HH")).isCloseTo(2 * 1540.0 / 2048, within(1e-9));
    assertThat(Typeface.MONO.width("Hi漢")).isCloseTo(3 * 1233.0 / 2048, within(1e-9));
    assertThat(Typeface.CAPITAL).isCloseTo(1493.0 / 2048, within(1e-3));
  }

  private static Rectangle2D bounds(Typeface letters, String text) {
    return letters.outline(text, 0, 0, 100).getBounds2D();
  }
}
