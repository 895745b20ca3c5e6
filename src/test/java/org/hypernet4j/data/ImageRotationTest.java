// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.IdxBytes;
import org.junit.jupiter.api.Test;

class ImageRotationTest {

  /**
   * Expected values from NumPy float64, with the place a pixel comes from as a complex number:
   *
   * <pre>{@code
   * y, x = np.mgrid[:h, :w]
   * z = ((x - (w - 1) / 2) - 1j * (y - (h - 1) / 2)) * np.exp(-1j * np.deg2rad(degrees))
   * sx, sy = z.real + (w - 1) / 2, -z.imag + (h - 1) / 2
   * l, u = np.floor(sx).astype(int), np.floor(sy).astype(int)
   * fx, fy = sx - l, sy - u
   * g = lambda dy, dx: np.pad(a, p)[u + dy + p, l + dx + p]     # p = 2 * max(h, w)
   * v = (g(0,0)*(1-fx) + g(0,1)*fx) * (1-fy) + (g(1,0)*(1-fx) + g(1,1)*fx) * fy
   * np.floor(v + .5)
   * }</pre>
   */
  @Test
  void turnsBilinearlyAboutTheCentre() {
    int[] square = new int[16]; // np.arange(16).reshape(4, 4) * 16 + 10
    Arrays.setAll(square, i -> i * 16 + 10);
    assertThat(turned(grey(4, 4, square), 30))
        .containsExactly(11, 37, 82, 54, 38, 83, 129, 166, 82, 131, 177, 222, 64, 178, 210, 106);
    int[] wide = new int[15]; // np.arange(15).reshape(3, 5) * 16 + 11
    Arrays.setAll(wide, i -> i * 16 + 11);
    assertThat(turned(grey(3, 5, wide), -45))
        .containsExactly(130, 100, 55, 25, 0, 106, 168, 123, 78, 38, 0, 119, 191, 146, 86);
  }

  /** np.rot90: the right column becomes the top row. */
  @Test
  void quarterTurnsAreExact() {
    LabeledImages image = grey(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(turned(image, 90)).containsExactly(3, 6, 9, 2, 5, 8, 1, 4, 7);
    assertThat(turned(image, 180)).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
    assertThat(turned(image, 270)).containsExactly(7, 4, 1, 8, 5, 2, 9, 6, 3);
    assertThat(turned(image, -90)).isEqualTo(turned(image, 270));
    assertThat(turned(image, 450)).isEqualTo(turned(image, 90));
    for (double none : new double[] {0, -0.0, 360, -720, -1e-300}) {
      assertThat(turned(image, none)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  /** Every digit of the sample, not one picture: rows and columns swapped, then rows reversed. */
  @Test
  void aQuarterTurnOfDigitsIsASwapOfIndices() {
    LabeledImages digits = Mnist.builtin(1).test().slice(0, 200);
    LabeledImages turned = OutsideImages.turned(digits, 90);
    assertThat(turned.labels()).isEqualTo(digits.labels());
    for (int i = 0; i < digits.count(); i++) {
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          assertThat(turned.pixels()[(i * 28 + y) * 28 + x])
              .isEqualTo(digits.pixels()[(i * 28 + x) * 28 + 27 - y]);
        }
      }
    }
  }

  /** The middle 5 x 5 pixels come from inside the image, whatever the angle. */
  @Property(tries = 100)
  void anEvenGreyStaysInTheMiddle(
      @ForAll @DoubleRange(min = -1000, max = 1000) double degrees,
      @ForAll @IntRange(min = 1, max = 255) int shade) {
    int[] even = new int[81];
    Arrays.fill(even, shade);
    int[] turned = turned(grey(9, 9, even), degrees);
    for (int y = 2; y <= 6; y++) { // at most 2.83 pixels from the centre at (4, 4)
      for (int x = 2; x <= 6; x++) {
        assertThat(turned[y * 9 + x]).isEqualTo(shade);
      }
    }
    assertThat(Arrays.stream(turned).max()).hasValue(shade);
  }

  @Test
  void channelsTurnApartAndOtherPositionsStay() {
    byte[] pixels = IdxBytes.ramp(2 * 4 * 4 * 3);
    LabeledImages colour = new LabeledImages(pixels, 4, 4, 3, new int[2], 1);
    byte[] to = new byte[3 * 48];
    Arrays.fill(to, (byte) 7);
    ImageRotation rotation = new ImageRotation(4, 4, 33);
    rotation.write(colour, 1, to, 1);
    assertThat(Arrays.copyOfRange(to, 0, 48)).containsOnly(7);
    assertThat(Arrays.copyOfRange(to, 96, 144)).containsOnly(7);
    for (int channel = 0; channel < 3; channel++) {
      int[] one = new int[16];
      for (int p = 0; p < 16; p++) {
        one[p] = Byte.toUnsignedInt(pixels[48 + p * 3 + channel]);
      }
      int[] expected = turned(grey(4, 4, one), 33);
      for (int p = 0; p < 16; p++) {
        assertThat(Byte.toUnsignedInt(to[48 + p * 3 + channel])).isEqualTo(expected[p]);
      }
    }
  }

  /** Expected value from Python: hashlib.sha256(b"rotation 28 28 30.0"). */
  @Test
  void theFingerprintIsThatOfTheAngle() {
    assertThat(new ImageRotation(28, 28, 30).fingerprint())
        .isEqualTo("d38ad28354d0187a12ed9f99c92b11d219354b6a85135c4e8f729e77ec82d96e")
        .isEqualTo(new ImageRotation(28, 28, -330).fingerprint())
        .isNotEqualTo(new ImageRotation(28, 28, 30.5).fingerprint());
    assertThat(new ImageRotation(28, 28, -0.0).fingerprint())
        .isEqualTo(new ImageRotation(28, 28, 360).fingerprint());
  }

  @Test
  void anglesAndSizesAreChecked() {
    for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ImageRotation(4, 4, wrong))
          .isInstanceOf(UserError.class)
          .hasMessageContainingAll("angle of rotation", "finite", "received " + wrong);
    }
    LabeledImages image = grey(2, 2, 1, 2, 3, 4);
    ImageRotation other = new ImageRotation(2, 3, 10);
    assertThatThrownBy(() -> other.write(image, 0, new byte[6], 0))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("another size", "expected 2 x 3 pixels", "received 2 x 2");
    assertThatThrownBy(() -> new TaskImages(image, other))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("another size");
  }

  private static LabeledImages grey(int height, int width, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new LabeledImages(pixels, height, width, 1, new int[1], 1);
  }

  private static int[] turned(LabeledImages image, double degrees) {
    byte[] to = new byte[image.imageBytes()];
    Arrays.fill(to, (byte) -1);
    new ImageRotation(image.height(), image.width(), degrees).write(image, 0, to, 0);
    int[] values = new int[to.length];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(to[i]));
    return values;
  }
}
