// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

class PixelPermutationTest {

  /** Every pixel of the image has a value of its own, so the values tell where each one went. */
  @Property(tries = 200)
  void everyPixelGoesToOnePlaceAndTheRestIsBlack(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(max = 3) int wanted,
      @ForAll long seed) {
    int padding = Math.min(wanted, Math.min(height, width) - 1);
    LabeledImages images = numbered(height, width, channels);
    PixelPermutation order = PixelPermutation.of(height, width, padding, seed);
    assertThat(order.height()).isEqualTo(height + 2 * padding);
    assertThat(order.width()).isEqualTo(width + 2 * padding);
    byte[] to = new byte[3 * order.height() * order.width() * channels];
    Arrays.fill(to, (byte) 255);
    order.write(images, 1, to, 1);

    int bytes = to.length / 3;
    assertThat(Arrays.copyOfRange(to, 0, bytes)).containsOnly(255); // its own position only
    assertThat(Arrays.copyOfRange(to, 2 * bytes, 3 * bytes)).containsOnly(255);
    int[] seen = new int[height * width + 1];
    for (int p = 0; p < bytes; p += channels) {
      int value = Byte.toUnsignedInt(to[bytes + p]);
      seen[value]++;
      for (int c = 1; c < channels; c++) { // the channels stay together
        assertThat(to[bytes + p + c]).isEqualTo((byte) (value == 0 ? 0 : value + 83 * c));
      }
    }
    assertThat(seen[0]).isEqualTo(order.height() * order.width() - height * width);
    assertThat(Arrays.copyOfRange(seen, 1, seen.length)).containsOnly(1);
  }

  @Test
  void inOrderOnlyPads() {
    LabeledImages images = numbered(2, 3, 1);
    byte[] to = new byte[4 * 5];
    Arrays.fill(to, (byte) 255);
    PixelPermutation.inOrder(2, 3, 1).write(images, 0, to, 0);
    assertThat(to).containsExactly(0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0);
    byte[] same = new byte[6];
    ImageTransform.identity(2, 3).write(images, 0, same, 0);
    assertThat(same).containsExactly(1, 2, 3, 4, 5, 6);
  }

  /**
   * A permutation of 32 x 32 pixels that left most in their places, or near them, would be none.
   */
  @Test
  void pixelsGoFar() {
    LabeledImages images = numbered(15, 16, 1);
    byte[] to = new byte[15 * 16];
    PixelPermutation.of(15, 16, 0, 3).write(images, 0, to, 0);
    int stay = 0;
    double distance = 0;
    for (int p = 0; p < to.length; p++) {
      int from = Byte.toUnsignedInt(to[p]) - 1;
      stay += from == p ? 1 : 0;
      distance += Math.abs(from - p) / (double) to.length;
    }
    // fixed points: 1 expected, standard deviation 1; |i - j| of two random places: a third of 240,
    // standard deviation of the mean 240 / sqrt(18 * 240) = 3.7
    assertThat(stay).isLessThanOrEqualTo(6);
    assertThat(distance).isBetween(61.0, 99.0);
  }

  @Test
  void theSeedAloneDeterminesTheOrder() {
    assertThat(PixelPermutation.of(28, 28, 2, 5).fingerprint())
        .isEqualTo(PixelPermutation.of(28, 28, 2, 5).fingerprint())
        .isNotEqualTo(PixelPermutation.of(28, 28, 2, 6).fingerprint())
        .isNotEqualTo(PixelPermutation.of(28, 28, 1, 5).fingerprint())
        .isNotEqualTo(PixelPermutation.inOrder(28, 28, 2).fingerprint());
  }

  /**
   * Expected value from Python: hashlib.sha256(struct.pack('&gt;20i', 2, 2, 4, 4, *places)), places
   * -1 but for 0 and 1 in the middle of the second row, 2 and 3 in that of the third.
   */
  @Test
  void theFingerprintIsTheDocumentedSha256() {
    assertThat(PixelPermutation.inOrder(2, 2, 1).fingerprint())
        .isEqualTo("f6e2d47dc48531b6c7b6d5311638b071389b8aa2e460e2dcba2f01a616e44573");
  }

  @Test
  void paddingAndSizesAreChecked() {
    for (int wrong : new int[] {-1, 2, 1000}) {
      assertThatThrownBy(() -> PixelPermutation.of(2, 5, wrong, 0))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll("padding", "0 to 1 pixels", "received " + wrong);
    }
    assertThatThrownBy(() -> PixelPermutation.inOrder(30_000, 30_000, 29_999))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too large");
    PixelPermutation order = PixelPermutation.of(3, 2, 0, 0);
    assertThatThrownBy(() -> order.write(numbered(2, 3, 1), 0, new byte[6], 0))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("another size", "3 x 2", "2 x 3");
  }

  /** Three images whose pixels count from 1, the other channels 83 higher each. */
  private static LabeledImages numbered(int height, int width, int channels) {
    byte[] pixels = new byte[3 * height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / channels % (height * width);
      pixels[i] = (byte) (1 + pixel + 83 * (i % channels));
    }
    return new LabeledImages(pixels, height, width, channels, new int[3], 1);
  }
}
