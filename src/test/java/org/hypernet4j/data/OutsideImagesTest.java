// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;

class OutsideImagesTest {

  /**
   * By hand: 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15; 0.299 * 255 = 76.245; 0.587 * 255 =
   * 149.685; 0.114 * 255 = 29.07; 0.587 * 2 + 0.114 * 3 = 1.516. Of 30 x 33 pixels the first row
   * and the first two columns are cut off.
   */
  @Test
  void greyIsTheLumaOfTheMiddle() {
    byte[] pixels = new byte[2 * 30 * 33 * 3];
    set(pixels, 1, 1, 2, 10, 20, 30);
    set(pixels, 1, 28, 29, 255, 255, 255);
    set(pixels, 1, 1, 29, 255, 0, 0);
    set(pixels, 1, 28, 2, 0, 255, 0);
    set(pixels, 1, 14, 16, 0, 0, 255);
    set(pixels, 1, 15, 16, 0, 2, 3);
    set(pixels, 1, 0, 5, 99, 99, 99); // outside the middle, as the next three
    set(pixels, 1, 29, 5, 99, 99, 99);
    set(pixels, 1, 5, 1, 99, 99, 99);
    set(pixels, 1, 5, 30, 99, 99, 99);
    LabeledImages colour = new LabeledImages(pixels, 30, 33, 3, new int[] {4, 2}, 5);
    LabeledImages grey = OutsideImages.grey(colour);
    assertThat(grey.labels()).containsExactly(4, 2);
    assertThat(grey.classes()).isEqualTo(5);
    assertThat(grey.channels()).isEqualTo(1);
    assertThat(grey.slice(0, 1).pixels()).hasSize(784).containsOnly(0);
    assertThat(value(grey, 1, 0, 0)).isEqualTo(18);
    assertThat(value(grey, 1, 27, 27)).isEqualTo(255);
    assertThat(value(grey, 1, 0, 27)).isEqualTo(76);
    assertThat(value(grey, 1, 27, 0)).isEqualTo(150);
    assertThat(value(grey, 1, 13, 14)).isEqualTo(29);
    assertThat(value(grey, 1, 14, 14)).isEqualTo(2);
    assertThat(sum(grey, 1)).isEqualTo(18 + 255 + 76 + 150 + 29 + 2);
  }

  @Test
  void photographsLoseTwoPixelsOnEachSide() {
    LabeledImages colour = Cifar10.builtin(100, 1).test().slice(0, 20);
    LabeledImages grey = OutsideImages.grey(colour);
    for (int i = 0; i < 20; i++) {
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          int at = ((i * 32 + y + 2) * 32 + x + 2) * 3;
          double luma =
              0.299 * (colour.pixels()[at] & 0xff)
                  + 0.587 * (colour.pixels()[at + 1] & 0xff)
                  + 0.114 * (colour.pixels()[at + 2] & 0xff);
          assertThat(Math.abs(value(grey, i, y, x) - luma)).isLessThan(0.5 + 1e-9);
        }
      }
    }
  }

  @Test
  void greyNeedsThreeChannelsAndEnoughPixels() {
    assertThatThrownBy(() -> OutsideImages.grey(Mnist.builtin(1).test().slice(0, 2)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("at least [28, 28, 3]", "received [28, 28, 1]");
    LabeledImages small = new LabeledImages(new byte[27 * 30 * 3], 27, 30, 3, new int[1], 1);
    assertThatThrownBy(() -> OutsideImages.grey(small))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received [27, 30, 3]");
  }

  /**
   * By hand: the line goes from (5, 14) to (23, 14), as 18 and the pen of 2 fill the box of 20. The
   * centres of rows 13 and 14 lie half a pixel away and are covered; those of rows 12 and 15 lie
   * 1.5 away, where the light ends. Beyond the ends, at (4.5, 13.5), the distance is the root of
   * 0.5: 255 * (1.5 - 0.7071) = 202.2.
   */
  @Test
  void aLineIsTwoPixelsWideAndFillsTheBox() {
    LabeledImages drawn = drawn(18, 0, 1);
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        boolean row = y == 13 || y == 14;
        int expected = row && x >= 5 && x <= 22 ? 255 : row && (x == 4 || x == 23) ? 202 : 0;
        assertThat(value(drawn, 0, y, x)).as("row %d, column %d", y, x).isEqualTo(expected);
      }
    }
    // of any length and from wherever, also downwards
    assertThat(drawn(-4000, 0, 1).pixels()).isEqualTo(drawn.pixels());
    LabeledImages down = drawn(0, 0.25f, 0);
    for (int y = 0; y < 28; y++) {
      for (int x = 0; x < 28; x++) {
        assertThat(value(down, 0, y, x)).isEqualTo(value(drawn, 0, x, y));
      }
    }
  }

  /** Three parts of 6 pixels; in the second one the pen is up, 11 to 17 from the left. */
  @Test
  void aLiftedPenDrawsNothing() {
    LabeledImages drawn = drawn(6, 0, 1, 6, 0, 0, 6, 0, 1);
    assertThat(value(drawn, 0, 13, 10)).isEqualTo(255);
    assertThat(value(drawn, 0, 13, 11)).isEqualTo(202);
    for (int x = 12; x <= 15; x++) {
      assertThat(value(drawn, 0, 13, x)).isZero();
    }
    assertThat(value(drawn, 0, 13, 16)).isEqualTo(202);
    assertThat(value(drawn, 0, 13, 17)).isEqualTo(255);
  }

  /** By hand: the four pixels in the middle are the root of 0.5 away from the point. */
  @Test
  void aPointIsADotInTheMiddle() {
    for (float[] point : new float[][] {{0, 0, 1}, {0, 0, 0}, {0, 0, 0, 0, 0, 1}}) {
      LabeledImages dot = drawn(point);
      assertThat(value(dot, 0, 13, 13)).isEqualTo(202);
      assertThat(value(dot, 0, 14, 14)).isEqualTo(202);
      assertThat(sum(dot, 0)).isEqualTo(4 * 202);
    }
    // a dot beside a line: from (5, 5) to (5, 23), then lifted, then at (23, 23)
    LabeledImages both = drawn(0, 18, 1, 18, 0, 1);
    assertThat(value(both, 0, 22, 22)).isEqualTo(202);
    assertThat(value(both, 0, 22, 14)).isZero();
  }

  @Test
  void charactersStayInTheBoxAndHaveTheInkOfDigits() {
    List<PenDrawing> characters = Omniglot.builtin().test().drawings();
    LabeledImages drawn = OutsideImages.drawn(characters);
    assertThat(drawn.count()).isEqualTo(characters.size());
    assertThat(drawn.classes()).isEqualTo(1);
    assertThat(drawn.height()).isEqualTo(28);
    assertThat(drawn.width()).isEqualTo(28);
    double ink = 0;
    for (int i = 0; i < drawn.count(); i++) {
      for (int edge = 0; edge < 28; edge++) {
        for (int outer = 0; outer < 3; outer++) { // ink, and half a pixel of its edge
          assertThat(value(drawn, i, outer, edge)).isZero();
          assertThat(value(drawn, i, 27 - outer, edge)).isZero();
          assertThat(value(drawn, i, edge, outer)).isZero();
          assertThat(value(drawn, i, edge, 27 - outer)).isZero();
        }
      }
      ink += sum(drawn, i);
    }
    // MNIST's digits: 33.3 of 255 on average
    assertThat(ink / drawn.count() / 784).isBetween(25.0, 45.0);
    assertThat(OutsideImages.drawn(characters).fingerprint()).isEqualTo(drawn.fingerprint());
    assertThat(OutsideImages.drawn(List.of()).count()).isZero();
  }

  private static LabeledImages drawn(float... rows) {
    return OutsideImages.drawn(List.of(PenDrawing.of("test", rows)));
  }

  private static void set(byte[] pixels, int image, int y, int x, int red, int green, int blue) {
    int at = ((image * 30 + y) * 33 + x) * 3;
    pixels[at] = (byte) red;
    pixels[at + 1] = (byte) green;
    pixels[at + 2] = (byte) blue;
  }

  private static int value(LabeledImages images, int image, int y, int x) {
    return images.pixels()[(image * 28 + y) * 28 + x] & 0xff;
  }

  private static int sum(LabeledImages images, int image) {
    int sum = 0;
    for (int i = 0; i < 784; i++) {
      sum += images.pixels()[image * 784 + i] & 0xff;
    }
    return sum;
  }
}
