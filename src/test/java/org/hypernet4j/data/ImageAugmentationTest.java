// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;

class ImageAugmentationTest {

  /** Every crop against an element-by-element calculation on a padded array. */
  @Property(tries = 200)
  void cropsAreThoseOfThePaddedImage(
      @ForAll @IntRange(min = 1, max = 6) int height,
      @ForAll @IntRange(min = 1, max = 6) int width,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll @IntRange(max = 5) int padding,
      @ForAll boolean mirrored) {
    int pad = Math.min(padding, Math.min(height, width) - 1);
    LabeledImages images = three(height, width, channels);
    for (int top = -pad; top <= pad; top++) {
      for (int left = -pad; left <= pad; left++) {
        byte[] to = new byte[3 * images.imageBytes()];
        Arrays.fill(to, (byte) -1);
        byte[] expected = to.clone();
        byte[] window = slowCrop(images, 1, pad, top, left, mirrored);
        System.arraycopy(window, 0, expected, images.imageBytes(), window.length);
        ImageAugmentation.crop(images, 1, to, 1, top, left, mirrored);
        assertThat(to).isEqualTo(expected); // its own slot only, and all of it
      }
    }
  }

  @Test
  void everyPlaceAndBothSidesOccurAboutEquallyOften() {
    LabeledImages images = three(4, 5, 1);
    ImageAugmentation augmentation = new ImageAugmentation(1, true);
    Map<String, Integer> seen = new HashMap<>();
    for (int top = -1; top <= 1; top++) {
      for (int left = -1; left <= 1; left++) {
        seen.put(hex(slowCrop(images, 1, 1, top, left, false)), 0);
        seen.put(hex(slowCrop(images, 1, 1, top, left, true)), 0);
      }
    }
    assertThat(seen).hasSize(18);
    StatelessRandom random = StatelessRandom.of(3);
    byte[] to = new byte[20];
    for (int step = 0; step < 3_600; step++) {
      augmentation.write(images, 1, to, 0, random.fold(step));
      seen.computeIfPresent(hex(to), (window, count) -> count + 1);
    }
    assertThat(seen.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3_600);
    // 200 expected, standard deviation 13.7: five of them
    assertThat(seen.values()).allSatisfy(count -> assertThat(count).isBetween(131, 269));
  }

  @Test
  void equalKeysGiveEqualPictures() {
    LabeledImages images = three(4, 5, 3);
    byte[] first = new byte[60];
    byte[] second = new byte[60];
    for (int step = 0; step < 50; step++) {
      new ImageAugmentation(2, true).write(images, 2, first, 0, StatelessRandom.of(9).fold(step));
      new ImageAugmentation(2, true).write(images, 2, second, 0, StatelessRandom.of(9).fold(step));
      assertThat(first).isEqualTo(second);
    }
  }

  @Test
  void noneCopies() {
    LabeledImages images = three(4, 5, 3);
    byte[] to = new byte[60];
    ImageAugmentation.NONE.write(images, 1, to, 0, StatelessRandom.of(0));
    assertThat(to).isEqualTo(images.slice(1, 2).pixels());
  }

  @Test
  void paddingMustSuitTheImages() {
    assertThatThrownBy(() -> new ImageAugmentation(-1, false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received -1");
    assertThatThrownBy(() -> new ImageAugmentation(4, false).requireFits(three(4, 5, 1)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("less than 4", "received 4");
  }

  private static LabeledImages three(int height, int width, int channels) {
    byte[] pixels = IdxBytes.ramp(3 * height * width * channels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i]++; // no zero among them: zeros are padding
    }
    return new LabeledImages(pixels, height, width, channels, new int[3], 1);
  }

  private static byte[] slowCrop(
      LabeledImages images, int image, int pad, int top, int left, boolean mirrored) {
    int h = images.height();
    int w = images.width();
    int c = images.channels();
    byte[][][] padded = new byte[h + 2 * pad][w + 2 * pad][c];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        for (int k = 0; k < c; k++) {
          padded[y + pad][x + pad][k] = images.pixels()[((image * h + y) * w + x) * c + k];
        }
      }
    }
    byte[] window = new byte[h * w * c];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int sourceX = mirrored ? w - 1 - x : x;
        for (int k = 0; k < c; k++) {
          window[(y * w + x) * c + k] = padded[y + top + pad][sourceX + left + pad][k];
        }
      }
    }
    return window;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
