// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;

class TwoDigitsTest {

  /** 10 x 11 pixels: two rows and three columns overlap. Labels tell which image it is. */
  @Test
  void eachPixelIsTheLighterOfTheTwo() {
    LabeledImages digits = numbered(6, 10, 11);
    TwoDigits pictures = TwoDigits.of(digits, 40, 3);
    assertThat(pictures.height()).isEqualTo(18);
    assertThat(pictures.width()).isEqualTo(19);
    assertThat(pictures.classes()).isEqualTo(6);
    TwoDigitsBatch batch = pictures.slice(0, 40);
    assertThat(batch.count()).isEqualTo(40);
    for (int i = 0; i < 40; i++) {
      for (int y = 0; y < 18; y++) {
        for (int x = 0; x < 19; x++) {
          int expected =
              Math.max(
                  grey(digits, batch.first()[i], y, x),
                  grey(digits, batch.second()[i], y - 8, x - 8));
          assertThat(Byte.toUnsignedInt(batch.pixels()[(i * 18 + y) * 19 + x])).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void digitsOfMnistMakePicturesOf36Pixels() {
    TwoDigits.Splits splits = TwoDigits.of(Mnist.builtin(1_000), 500, 60, 70, 1);
    assertThat(splits.train().count()).isEqualTo(500);
    assertThat(splits.validation().count()).isEqualTo(60);
    assertThat(splits.test().count()).isEqualTo(70);
    assertThat(splits.train().height()).isEqualTo(36);
    assertThat(splits.train().width()).isEqualTo(36);
    assertThat(splits.train().classes()).isEqualTo(10);
    assertThat(splits.train().select(4, 5).pixels()).hasSize(2 * 36 * 36);
    assertThat(splits.train().slice(0, 60).first())
        .isNotEqualTo(splits.validation().slice(0, 60).first());
  }

  /** 36 pairs of 6 digits in 3,600 pictures: 100 expected, standard deviation 9.9; five of them. */
  @Test
  void allPairsOccurAboutEquallyOften() {
    TwoDigitsBatch all = TwoDigits.of(numbered(6, 1, 1), 3_600, 11).slice(0, 3_600);
    int[] seen = new int[36];
    for (int i = 0; i < 3_600; i++) {
      seen[6 * all.first()[i] + all.second()[i]]++;
    }
    assertThat(Arrays.stream(seen)).allMatch(count -> count > 50 && count < 150);
  }

  @Test
  void aPictureDependsOnSeedAndNumberAlone() {
    LabeledImages digits = numbered(50, 3, 3);
    TwoDigits pictures = TwoDigits.of(digits, 30, 9);
    TwoDigits longer = TwoDigits.of(digits, 60, 9);
    assertThat(longer.slice(0, 30).pixels()).isEqualTo(pictures.slice(0, 30).pixels());
    assertThat(longer.slice(0, 30).second()).isEqualTo(pictures.slice(0, 30).second());
    assertThat(TwoDigits.of(digits, 30, 8).slice(0, 30).first())
        .isNotEqualTo(pictures.slice(0, 30).first());
    TwoDigitsBatch chosen = pictures.select(7, 2);
    assertThat(Arrays.copyOf(chosen.pixels(), 121)).isEqualTo(pictures.slice(7, 8).pixels());
    assertThat(chosen.first()[1]).isEqualTo(pictures.slice(2, 3).first()[0]);
    assertThat(pictures.fingerprint())
        .isEqualTo(TwoDigits.of(digits, 30, 9).fingerprint())
        .isNotEqualTo(longer.fingerprint())
        .isNotEqualTo(TwoDigits.of(digits, 30, 8).fingerprint())
        .isNotEqualTo(TwoDigits.of(numbered(50, 3, 4), 30, 9).fingerprint());
  }

  @Test
  void evaluationGivesEveryPictureInOrder() {
    TwoDigits pictures = TwoDigits.of(numbered(50, 3, 3), 23, 9);
    List<Integer> counts = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    for (TwoDigitsBatch batch : pictures.inOrder(10)) {
      counts.add(batch.count());
      IntStream.of(batch.first()).forEach(first::add);
    }
    assertThat(counts).containsExactly(10, 10, 3);
    assertThat(first.stream().mapToInt(i -> i).toArray()).isEqualTo(pictures.slice(0, 23).first());
  }

  @Test
  void imagesAndCountsAreChecked() {
    LabeledImages digits = numbered(5, 3, 3);
    for (int wrong : new int[] {0, -3}) {
      assertThatThrownBy(() -> TwoDigits.of(digits, wrong, 0))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll("two digits", "at least 1", "received " + wrong);
    }
    assertThatThrownBy(() -> TwoDigits.of(digits.slice(0, 0), 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received 0 images of 1 channels");
    LabeledImages colour = new LabeledImages(new byte[12], 2, 2, 3, new int[1], 1);
    assertThatThrownBy(() -> TwoDigits.of(colour, 1, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("one channel", "received 1 images of 3 channels");
    TwoDigits pictures = TwoDigits.of(digits, 4, 0);
    assertThatThrownBy(() -> pictures.slice(2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> pictures.select(4)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static LabeledImages numbered(int count, int height, int width) {
    return new LabeledImages(
        IdxBytes.ramp(count * height * width),
        height,
        width,
        1,
        IntStream.range(0, count).toArray(),
        count);
  }

  private static int grey(LabeledImages digits, int image, int y, int x) {
    return y < 0 || y >= digits.height() || x < 0 || x >= digits.width()
        ? 0
        : Byte.toUnsignedInt(digits.pixels()[(image * digits.height() + y) * digits.width() + x]);
  }
}
