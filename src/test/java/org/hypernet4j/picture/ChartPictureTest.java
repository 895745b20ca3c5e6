// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hypernet4j.picture.DrawingSvgTest.all;
import static org.hypernet4j.picture.DrawingSvgTest.parse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ChartPictureTest {
  private static final Chart UNIT =
      Chart.of("Title", "confidence", "share").withX(0, 1).withY(0, 1);

  @TempDir Path folder;

  private static double[] of(double... values) {
    return values;
  }

  private static List<String> texts(Element svg) {
    return all(svg, "text").stream().map(Element::getTextContent).toList();
  }

  /**
   * By hand, with letters 0.56 of their size wide. Left of the axis 8, three letters of 13, and 6:
   * 35.84; right of it half of the last label, of which 4 lie in the margin of 8: 429.24 between.
   * Above it 8, a title of 1.35 x 16, a label of 1.35 x 14 and 0.7 x 13: 57.6; the axis has 270.
   */
  @Test
  void pointsAreAtTheirPlaces() {
    Chart chart = UNIT.points("", of(0.5, 0), of(0.25, 1), List.of());
    List<Element> circles = all(parse(ChartPicture.svg(chart)), "circle");

    assertThat(circles).hasSize(2);
    assertThat(circles.get(0).getAttribute("cx")).isEqualTo("250.46"); // 35.84 + 429.24 / 2
    assertThat(circles.get(0).getAttribute("cy")).isEqualTo("260.1"); // 57.6 + 0.75 x 270
    assertThat(circles.get(1).getAttribute("cx")).isEqualTo("35.84");
    assertThat(circles.get(1).getAttribute("cy")).isEqualTo("57.6");
  }

  @Test
  void linesHaveGapsAndNoPointIsLost() {
    double[] y = {0, 0.5, Double.NaN, 1, Double.POSITIVE_INFINITY, 0.5, 1};
    Chart chart = UNIT.line("line", of(0, 0.1, 0.2, 0.5, 0.6, 0.8, 1), y);
    Element svg = parse(ChartPicture.svg(chart));

    List<String> lines = new ArrayList<>();
    for (Element path : all(svg, "path")) {
      if (path.getAttribute("stroke-width").equals("2")) {
        lines.add(path.getAttribute("d"));
      }
    }
    assertThat(lines)
        .containsExactly("M35.84 327.6L78.76 192.6", "M379.23 192.6L465.08 57.6"); // 0-1 and 5-6
    assertThat(all(svg, "circle")).hasSize(5); // the point between two gaps, too
  }

  @Test
  void longLinesHaveNoMarks() {
    double[] many = DoubleStream.iterate(0, x -> x + 0.01).limit(41).toArray();
    assertThat(all(parse(ChartPicture.svg(UNIT.line("", many, many))), "circle")).isEmpty();
  }

  /** A bar from 0.2 to 0.4, half as high as the axis, a pixel free on either side. */
  @Test
  void barsStandOnZero() {
    Chart chart = UNIT.bars("", of(0.2), of(0.4), of(0.5)).paleBars("few", of(0), of(0.2), of(1));
    List<Element> bars = all(parse(ChartPicture.svg(chart)), "rect");

    Element bar = bars.get(1);
    assertThat(bar.getAttribute("x")).isEqualTo("122.69"); // 35.84 + 0.2 x 429.24 + 1
    assertThat(bar.getAttribute("width")).isEqualTo("83.85");
    assertThat(bar.getAttribute("y")).isEqualTo("192.6");
    assertThat(bar.getAttribute("height")).isEqualTo("135");
    Element pale = bars.get(2);
    assertThat(pale.getAttribute("class")).isEqualTo(bar.getAttribute("class"));
    assertThat(pale.getAttribute("opacity")).isEqualTo("0.35");
    assertThat(bars).hasSize(3); // the first is the sample of the named one
  }

  @Test
  void theLegendNamesSeriesIfThereAreSeveral() {
    Chart one = UNIT.line("alone", of(0, 1), of(0, 1));
    assertThat(texts(parse(ChartPicture.svg(one)))).doesNotContain("alone");
    Chart two = one.points("<five> & more", of(0), of(0), List.of()).guide("", of(0, 1), of(1, 0));
    assertThat(texts(parse(ChartPicture.svg(two)))).contains("alone", "<five> & more");
    String label = parse(ChartPicture.svg(two)).getAttribute("aria-label");
    assertThat(label).isEqualTo("Title: share over confidence, 3 series");
  }

  @Test
  void labelsAvoidMarksLinesAndEachOther() {
    Chart chart =
        UNIT.line("", of(0.5, 0.6, 0.98), of(0.5, 0.5, 0.5), List.of("first", "second", "third"));
    Element svg = parse(ChartPicture.svg(chart));
    List<double[]> boxes = new ArrayList<>();
    for (Element text : all(svg, "text")) {
      if (List.of("first", "second", "third").contains(text.getTextContent())) {
        double half = text.getTextContent().length() * 0.56 * 13 / 2;
        double x = Double.parseDouble(text.getAttribute("x"));
        double y = Double.parseDouble(text.getAttribute("y"));
        assertThat(x + half).isLessThanOrEqualTo(35.84 + 429.24 + 1e-9);
        boxes.add(new double[] {x - half, y - 13, x + half, y});
      }
    }
    assertThat(boxes).hasSize(3);
    double line = 57.6 + 135;
    for (int i = 0; i < 3; i++) {
      double[] a = boxes.get(i);
      // the first has free space at its left, the others beside the line only
      assertThat(i == 0 || a[1] > line || a[3] < line + 6).isTrue();
      for (int j = 0; j < i; j++) {
        double[] b = boxes.get(j);
        assertThat(a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3]).isTrue();
      }
    }
  }

  /** Ten tasks from blue through purple to orange, in both modes. */
  @Test
  void coloursMayShowAnOrder() {
    Chart chart = UNIT.withOrder();
    for (int task = 0; task < 5; task++) {
      chart = chart.line("task " + task, of(0, 1), of(0.1 * task, 1));
    }
    String svg = ChartPicture.svg(chart);
    assertThat(svg)
        .contains(".h4-0b5fa5-6db6f2 { color: #0b5fa5; }")
        .contains(".h4-0b5fa5-6db6f2 { color: #6db6f2; }")
        .contains(".h4-8a2f7b-e58fd6 {") // the third of five
        .contains(".h4-c04a00-ff9a4d {")
        .contains("@media (prefers-color-scheme: dark)");
  }

  /** Colours repeat after five series, but neither shapes nor dashes do with them. */
  @Test
  void seriesDifferInMoreThanColour() {
    Chart chart = UNIT;
    for (int s = 0; s < 30; s++) {
      chart = chart.line("series " + s, of(0, 1), of(0, 1));
    }
    List<SeriesStyle> styles = SeriesStyle.of(chart);
    assertThat(styles.stream().distinct().count()).isEqualTo(30);
    assertThat(styles.get(0).dashes()).isEmpty();
    assertThat(styles.get(5).ink()).isEqualTo(styles.get(0).ink());
    assertThat(styles.get(5).dashes()).isNotEmpty();
    assertThat(styles.get(5).shape()).isNotEqualTo(styles.get(0).shape());
  }

  @Test
  void whatCannotBeShownIsDrawnEmptyOrShort() throws IOException {
    String word = String.join("", Collections.nCopies(300, "long"));
    List<Chart> charts =
        List.of(
            Chart.of("", "", ""),
            Chart.of(word, word, word)
                .line(word, of(1, 2), of(3, 4))
                .points(word, of(0), of(0), List.of(word)),
            UNIT.line("", of(Double.NaN), of(1)),
            UNIT.points("", of(), of(), List.of()),
            UNIT.line("", of(-1e300, 1e300, Double.MAX_VALUE), of(1e-320, 0, 1)),
            Chart.of("one", "x", "y").bars("", of(-1), of(-1), of(-5)));
    for (Chart chart : charts) {
      String svg = ChartPicture.svg(chart);
      assertThat(svg).doesNotContain("NaN", "Infinity");
      parse(svg);
      Path png = folder.resolve("chart.png");
      ChartPicture.writePng(png, chart);
      assertThat(Objects.requireNonNull(ImageIO.read(png.toFile())).getWidth()).isEqualTo(960);
    }
    assertThat(texts(parse(ChartPicture.svg(charts.get(0))))).contains("no values");
    assertThat(texts(parse(ChartPicture.svg(charts.get(2))))).contains("no values");
  }

  @Test
  void refusesWhatDoesNotBelongTogether() {
    assertThatThrownBy(() -> UNIT.line("line", of(1, 2), of(1)))
        .hasMessage("line: 2 x, 0 ends, 1 y, 0 labels");
    assertThatThrownBy(() -> UNIT.points("", of(1), of(1), List.of("a", "b")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> UNIT.bars("", of(1), of(1, 2), of(1)))
        .isInstanceOf(IllegalArgumentException.class);
    Chart log = Chart.of("", "lambda", "").line("", of(0, 1), of(0, 1)).withLogX();
    Path file = folder.resolve("chart.svg");
    assertThatThrownBy(() -> ChartPicture.writeSvg(file, log))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("every value of: lambda");
    assertThat(file).doesNotExist();
  }

  /**
   * Letters are 18 pixels wide here: the axis begins at 2 x (8 + 27 + 6) = 82 and has 2 x (480 - 41
   * - 8 - 9.5) = 843 pixels; bars at twice the places of the SVG's heights.
   */
  @Test
  void pngHasTheSameContent() throws IOException {
    Path file = folder.resolve("chart.png");
    Chart chart = UNIT.bars("", of(0.2), of(0.4), of(0.5));
    ChartPicture.writePng(file, chart);
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    int blue = StripPicture.mix(0x0b5fa5, Math.round(255 * 0.85) / 255.0);
    int inside = 82 + 843 * 3 / 10;
    assertThat(image.getRGB(inside, 2 * 300)).isEqualTo(0xff000000 | blue);
    assertThat(image.getRGB(inside, 2 * 188)).isEqualTo(0xffffffff);
    assertThat(image.getRGB(82 + 843 / 2 + 9, 2 * 300)).isEqualTo(0xffffffff);
    Path again = folder.resolve("again.png");
    ChartPicture.writePng(again, chart);
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void filesAreWritten() throws IOException {
    Path file = folder.resolve("chart.svg");
    ChartPicture.writeSvg(file, UNIT.withSquare());
    Element svg = parse(Files.readString(file));
    // labels 0 and 1, so wide: 480 - 8 - 7.28 - 6 - 8 = 450.72; 57.6 above it, below it 18 of
    // ticks,
    // 18.9 of the label, 6 and 8
    assertThat(svg.getAttribute("viewBox")).isEqualTo("0 0 480 560");
  }
}
