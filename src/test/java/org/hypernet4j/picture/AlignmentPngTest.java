// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlignmentPngTest {
  @TempDir Path folder;

  /** White is 0, the largest number has the full blue, half of it the mean of both. */
  @Test
  void theMoreIsReadTheDarker() throws IOException {
    Path file = folder.resolve("a.png");
    AlignmentPng.write(file, List.of("a", " "), new double[][] {{0, 1, 4}, {2, 0, 0}});

    BufferedImage image = ImageIO.read(file.toFile());
    int left = 12 + 2 * Picture.LETTER;
    int row = Picture.LINE + 4;
    int[][] expected = {{0xffffff, 0xc2d7e9, 0x0b5fa5}, {0x85afd2, 0xffffff, 0xffffff}};
    for (int character = 0; character < 2; character++) {
      for (int point = 0; point < 3; point++) {
        int pixel = image.getRGB(left + 4 * point + 2, 12 + row * character + row / 2) & 0xffffff;
        assertThat(pixel).as("%s %s", character, point).isEqualTo(expected[character][point]);
      }
    }
  }

  @Test
  void aLongWritingIsNotWiderThanAScreenAndAnEmptyOneIsRefused() throws IOException {
    Path file = folder.resolve("a.png");
    AlignmentPng.write(file, List.of("a"), new double[1][700]);
    assertThat(ImageIO.read(file.toFile()).getWidth()).isBetween(700, 1300);
    assertThatThrownBy(() -> AlignmentPng.write(file, List.of("a"), new double[1][0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
