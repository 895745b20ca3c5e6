// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.picture.DrawingSvgTest.all;
import static org.hypernet4j.picture.DrawingSvgTest.parse;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ImageGridTest {
  /** Black, a fifth, white, and beyond white. */
  private static final GreyImage FOUR = new GreyImage(2, 2, new float[] {-1, 0.2f, 1, 7});

  private static final ImageGrid GRID =
      new ImageGrid(
          "Images",
          List.of("0", "1"),
          List.of(
              new ImageGrid.Row("test", List.of(FOUR, FOUR)),
              new ImageGrid.Row("", List.of(new GreyImage(1, 1, new float[] {0.5f})))),
          40);

  @TempDir Path folder;

  /**
   * By hand: letters of 14 in lines of 19.6; a margin of 8, the title, the columns and the caption,
   * then cells of 40 with gaps of 4.
   */
  @Test
  void imagesFillTheirCells() throws IOException {
    Element svg = parse(GRID.svg());
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 100 159");
    assertThat(svg.getAttribute("aria-label")).isEqualTo("Images: 3 images");
    List<Element> images = all(svg, "image");
    assertThat(images)
        .extracting(i -> i.getAttribute("x") + " " + i.getAttribute("y"))
        .containsExactly("8 66.8", "52 66.8", "8 110.8");
    assertThat(images).allMatch(i -> i.getAttribute("width").equals("40"));
    assertThat(all(svg, "text"))
        .extracting(t -> t.getTextContent() + " " + t.getAttribute("x"))
        .containsExactly("Images 8", "0 28", "1 72", "test 8");

    String data = images.get(0).getAttribute("href");
    byte[] png = Base64.getDecoder().decode(data.substring("data:image/png;base64,".length()));
    BufferedImage read = Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png)));
    int[] pixels = read.getRaster().getPixels(0, 0, 2, 2, (int[]) null);
    assertThat(pixels).containsExactly(0, 51, 255, 255);
  }

  /** Two pixels for each of the SVG; letters of 9 make no difference to the cells. */
  @Test
  void pngHasTheSamePlaces() throws IOException {
    Path file = folder.resolve("grid.png");
    GRID.writePng(file);
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    assertThat(image.getHeight()).isEqualTo(318);
    int top = 134; // 66.8 is rounded
    assertThat(image.getRGB(16 + 39, top + 20)).isEqualTo(0xff000000);
    assertThat(image.getRGB(16 + 41, top + 20)).isNotEqualTo(0xff000000);
    assertThat(image.getRGB(16 + 20, top + 41)).isEqualTo(0xffffffff);
    Path again = folder.resolve("again.png");
    GRID.writePng(again);
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
    GRID.writeSvg(folder.resolve("grid.svg"));
    assertThat(folder.resolve("grid.svg")).hasContent(GRID.svg());
  }

  /** Letters are 3 in 100 of a wide grid; columns move apart for long captions. */
  @Test
  void captionsHaveRoom() {
    List<GreyImage> twelve = Collections.nCopies(12, FOUR);
    ImageGrid wide = new ImageGrid("", List.of(), List.of(new ImageGrid.Row("row", twelve)), 56);
    Element text = all(parse(wide.svg()), "text").get(0);
    assertThat(text.getAttribute("font-size")).isEqualTo("22.08"); // 0.03 (16 + 12 x 60)

    ImageGrid named =
        new ImageGrid(
            "", List.of("compressed"), List.of(new ImageGrid.Row("", List.of(FOUR, FOUR))), 40);
    List<Element> images = all(parse(named.svg()), "image");
    // 10 letters of 0.56 x 14 and 8: 86.4 from one to the next, 82.4 of them for 40
    assertThat(images.get(0).getAttribute("x")).isEqualTo("29.2");
    assertThat(images.get(1).getAttribute("x")).isEqualTo("115.6");
  }

  @Test
  void refusesWhatIsNoImage() {
    assertThatThrownBy(() -> new GreyImage(1, 2, new float[] {0, Float.NaN}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("NaN in row 0, column 1");
    assertThatThrownBy(() -> new GreyImage(2, 2, new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ImageGrid("", List.of(), List.of(), 28))
        .isInstanceOf(IllegalArgumentException.class);
    ImageGrid.Row row = new ImageGrid.Row("", Collections.nCopies(3000, FOUR));
    ImageGrid huge = new ImageGrid("", List.of(), Collections.nCopies(10, row), 56);
    Path file = folder.resolve("huge.png");
    assertThatThrownBy(() -> huge.writePng(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("at most 100000000 pixels")
        .hasMessageContaining("Show less, or choose smaller cells");
    assertThat(file).doesNotExist();
  }
}
