// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StripPictureTest {
  @TempDir Path folder;

  private BufferedImage read(String name) throws IOException {
    return Objects.requireNonNull(ImageIO.read(folder.resolve(name).toFile()));
  }

  private static int count(BufferedImage image, int colour) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void coloursAreMixedWithWhite() {
    assertThat(StripPicture.mix(0x102030, 0)).isEqualTo(0xffffff);
    assertThat(StripPicture.mix(0x102030, 1)).isEqualTo(0x102030);
    // 255 + (16 - 255) / 2 = 135.5 and so on, rounded half up
    assertThat(StripPicture.mix(0x102030, 0.5)).isEqualTo(0x889098);
  }

  @Test
  void eachSymbolHasOneCellInEachStrip() throws IOException {
    TextStrips strips =
        TextStripsTest.of(
            List.of("a", "b", "c", "\n", "d"), TextStripsTest.strip(Double.NaN, 1, 0.5, 0, 1));
    StripPicture.write(folder.resolve("s.png"), strips);
    BufferedImage image = read("s.png");
    int blue = TextStrips.Colour.BLUE.onWhite;
    int cell = StripPicture.STRIP * 2 * Picture.LETTER;
    assertThat(count(image, blue)).isEqualTo(2 * cell);
    assertThat(count(image, StripPicture.mix(blue, 0.5))).isEqualTo(cell);
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    List<String> long80 = Collections.nCopies(5_000_000, "a");
    assertThatThrownBy(() -> StripPicture.write(folder.resolve("s.png"), TextStripsTest.of(long80)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("picture too large; expected at most 100000000 pixels")
        .hasMessageEndingWith("for 5000000 symbols. Show a shorter piece of the text.");
    assertThat(Files.exists(folder.resolve("s.png"))).isFalse();
  }

  @Test
  void notesBreakBetweenWords() {
    assertThat(StripPicture.wrap("one two three incomprehensible", 8))
        .containsExactly("one two", "three", "incomprehensible");
  }

  @Test
  void barsAreAsHighAsTheirShares() {
    Scene scene =
        BarPicture.scene(
            "Title",
            List.of("Note"),
            "tanh(c)",
            List.of(new BarPicture.Panel("main/c", new double[] {0.5, 0.25, 0.25, 0})));
    // four bins of 160 pixels; the highest is 180 high
    assertThat(
            scene.items().stream().filter(Scene.Box.class::isInstance).map(Scene.Box.class::cast))
        .extracting(box -> List.of(box.x() - 84, box.width(), box.height()))
        .containsExactly(
            List.of(0.0, 159.5, 180.0),
            List.of(160.0, 159.5, 90.0),
            List.of(320.0, 159.5, 90.0),
            List.of(480.0, 159.5, 0.0));
  }

  @Test
  void signsHaveTheirPartsBelowAndAbove() {
    // x, x_h and x^i: small letters three quarters as large
    double x = Typeface.SANS.width("x");
    assertThat(SignShape.width("x", 10)).isCloseTo(10 * x, within(1e-9));
    assertThat(SignShape.width("1 W_h^i", 10))
        .isCloseTo(10 * Typeface.SANS.width("1 W") + 7.5 * Typeface.SANS.width("hi"), within(1e-9));
    assertThat(SignShape.outline("x^x", 0, 0, 10).getBounds2D().getMinY())
        .isLessThan(SignShape.outline("x", 0, 0, 10).getBounds2D().getMinY() - 1);
    assertThat(SignShape.outline("x_x", 0, 0, 10).getBounds2D().getMaxY()).isGreaterThan(1);
  }
}
