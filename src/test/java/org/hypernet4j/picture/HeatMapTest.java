// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The map, its pictures, and the page of several. */
class HeatMapTest {
  @TempDir Path folder;

  private static TextStrips.Strip strip(String name, double... values) {
    return new TextStrips.Strip(name, "meaning of " + name, TextStrips.Colour.ORANGE, values);
  }

  /**
   * Two words and an end in the source, a word of two pieces, one of one and an end in the target.
   */
  private static HeatMap map(TextStrips.Strip... strips) {
    return new HeatMap(
        "A <dog> & \"cat\"",
        List.of("▁d", "og", "▁<c>", "</s>"),
        List.of("▁chi", "en", "▁é", "</s>"),
        new double[][] {{0.25, 0.5, 0.25, 0}, {0.5, 0.5, 0, 0}, {0, 0.125, 0.875, 0}, {0, 0, 0, 1}},
        List.of(strips));
  }

  @Test
  void addsSourcePiecesAndAveragesTargetPieces() {
    HeatMap words = map(strip("a", 1, 3, 5, Double.NaN)).words();
    assertThat(words.columns()).containsExactly("dog", "<c>", "</s>");
    assertThat(words.rows()).containsExactly("chien", "é", "</s>");
    assertThat(words.weights())
        .isDeepEqualTo(new double[][] {{0.875, 0.125, 0}, {0.125, 0.875, 0}, {0, 0, 1}});
    assertThat(words.strips().get(0).values()).containsExactly(2, 5, Double.NaN);
    assertThat(words.strips().get(0).meaning()).isEqualTo("meaning of a");
  }

  @Test
  void beginsWordsAtTheirSignsAndAroundMarks() {
    List<String> pieces = List.of("<s>", "a", "▁", "b", "<unk>", "c", "▁d", "</s>", "<pad>", "e");
    HeatMap words =
        new HeatMap("", pieces, List.of("x"), new double[1][pieces.size()], List.of()).words();
    assertThat(words.columns()).containsExactly("<s>", "a", "b<unk>c", "d", "</s>", "<pad>", "e");
    HeatMap bare = new HeatMap("", List.of("▁"), List.of("▁"), new double[1][1], List.of());
    assertThat(bare.words().rows()).containsExactly("▁");
  }

  @Test
  void drawsPiecesOnOneLine() {
    assertThat(HeatMap.label("▁a\u00a0b\tc\n\u202e😀")).isEqualTo("▁a·b⇥c↵□😀");
    assertThat(HeatMap.label("é".repeat(24))).isEqualTo("é".repeat(24));
    assertThat(HeatMap.label("é".repeat(25))).isEqualTo("é".repeat(23) + "…");
  }

  @Test
  void refusesWeightsThatAreNoNumbersOrDoNotFit() {
    assertThatThrownBy(
            () ->
                new HeatMap(
                    "",
                    List.of("a"),
                    List.of("b", "c"),
                    new double[][] {{1}, {Double.NaN}},
                    List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("NaN at target piece 1, source piece 0");
    for (double[][] wrong : List.of(new double[2][1], new double[1][2], new double[0][0])) {
      assertThatThrownBy(() -> new HeatMap("", List.of("a"), List.of("b"), wrong, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> map(strip("a", 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a: 3 numbers for 4 rows");
  }

  /** Blue by the share of the weight on white: 0, 1/8, 1/4, 1/2, 7/8 and 1 occur. */
  @Test
  void theLargerAWeightTheDarker() throws IOException {
    HeatMap map = map(strip("a", 0, 1, 2, 4));
    Path file = folder.resolve("map.png");
    HeatMapPicture.writePng(file, map);
    BufferedImage image = ImageIO.read(file.toFile());
    Scene scene = HeatMapLayout.scene(map, ScenePng.LETTERS);
    List<Scene.Box> boxes =
        scene.items().stream()
            .filter(Scene.Box.class::isInstance)
            .map(Scene.Box.class::cast)
            .toList();
    assertThat(boxes).hasSize(8 + 3); // weights and numbers that are not 0
    assertThat(boxes.stream().map(box -> box.ink().opacity()).toList())
        .containsExactly(0.25, 0.5, 0.25, 0.5, 0.5, 0.125, 0.875, 1.0, 0.25, 0.5, 1.0);
    for (Scene.Box box : boxes) {
      int x = (int) (ScenePng.SCALE * (box.x() + box.width() / 2));
      int y = (int) (ScenePng.SCALE * (box.y() + box.height() / 2));
      int expected = StripPicture.mix(box.ink().onWhite(), box.ink().opacity());
      for (int shift = 0; shift <= 16; shift += 8) {
        assertThat(image.getRGB(x, y) >> shift & 0xff)
            .isCloseTo(expected >> shift & 0xff, within(1));
      }
    }
  }

  @Test
  void everyLabelIsInsideThePicture() {
    List<String> pieces = IntStream.range(0, 30).mapToObj(i -> "▁piece" + i).toList();
    HeatMap map = new HeatMap("title ".repeat(60), pieces, pieces, new double[30][30], List.of());
    for (Scene.Letters letters : List.of(ScenePng.LETTERS, SceneSvg.LETTERS)) {
      Scene scene = HeatMapLayout.scene(map, letters);
      int up = 0;
      for (Scene.Item item : scene.items()) {
        if (item instanceof Scene.TextUp text) {
          up++;
          assertThat(text.y() - letters.width(text.text(), text.size())).isPositive();
          assertThat(text.x()).isLessThan(scene.width());
        } else if (item instanceof Scene.Text text) {
          double width = letters.width(text.text(), text.size());
          boolean ends = text.anchor() == GridLayout.Anchor.END;
          assertThat(ends ? text.x() - width : text.x()).isNotNegative();
          assertThat(ends ? text.x() : text.x() + width).isLessThanOrEqualTo(scene.width());
          assertThat(text.y()).isLessThan(scene.height());
        }
      }
      assertThat(up).isEqualTo(30);
    }
  }

  private static Document xml(String text) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  @Test
  void theVectorPictureHasEveryPiece() throws Exception {
    HeatMapPicture.writeSvg(folder.resolve("map.svg"), map(strip("W_h", 0, 1, 2, 4)));
    Document svg = xml(Files.readString(folder.resolve("map.svg")));
    NodeList texts = svg.getElementsByTagName("text");
    List<String> written =
        IntStream.range(0, texts.getLength())
            .mapToObj(i -> texts.item(i).getTextContent())
            .toList();
    assertThat(written)
        .contains("A <dog> & \"cat\"", "▁d", "og", "▁<c>", "▁chi", "en", "▁é", "W_h")
        .contains("W_h: meaning of W_h; full colour: 4");
    assertThat(Collections.frequency(written, "</s>")).isEqualTo(2);
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(8 + 3);
  }

  /** As XML, after what HTML allows and XML does not. */
  private static Document page(List<TranslationPage.Sentence> sentences) throws Exception {
    return xml(
        TranslationPage.html("A <title>", List.of("A & note."), sentences)
            .replace("<!DOCTYPE html>\n", "")
            .replaceAll("<meta [^>]*>", ""));
  }

  private static List<String> attributes(Document page, String tag, String attribute) {
    NodeList all = page.getElementsByTagName(tag);
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> all.item(i).getAttributes().getNamedItem(attribute))
        .filter(java.util.Objects::nonNull)
        .map(org.w3c.dom.Node::getNodeValue)
        .toList();
  }

  @Test
  void thePageHasPiecesAndWordsOfEachSentence() throws Exception {
    Document page =
        page(
            List.of(
                new TranslationPage.Sentence("A <dog>", "chien & é", map(strip("a", 1, 2, 3, 4))),
                new TranslationPage.Sentence("B", "b", map(strip("a", 0, 0, 0, 8)))));
    assertThat(page.getElementsByTagName("section").getLength()).isEqualTo(2);
    assertThat(page.getElementsByTagName("figure").getLength()).isEqualTo(4);
    List<String> titles = attributes(page, "td", "title");
    assertThat(titles)
        .hasSize(2 * (16 + 4 + 9 + 3))
        .contains("▁é ← og: 0.125", "chien ← dog: 0.875");
    // one scale for both sentences: 98 of 100 numbers are not above 8
    assertThat(attributes(page, "i", "class")).contains("s3", "s5", "s8", "s10", "s20");
    assertThat(page.getElementsByTagName("h2").item(0).getTextContent()).isEqualTo("A <dog>");
    assertThat(page.getElementsByTagName("p").item(0).getTextContent()).isEqualTo("A & note.");
  }

  @Test
  void thePageWorksWithoutStripsAndWithUnlikeOnes() throws Exception {
    TranslationPage.Sentence plain = new TranslationPage.Sentence("a", "b", map());
    assertThat(page(List.of(plain)).getElementsByTagName("i").getLength()).isZero();
    assertThat(page(List.of()).getElementsByTagName("section").getLength()).isZero();
    TranslationPage.Sentence other =
        new TranslationPage.Sentence("a", "b", map(strip("a", 1, 1, 1, 1)));
    assertThat(attributes(page(List.of(plain, other)), "i", "class")).containsOnly("s20");
    Path file = folder.resolve("page.html");
    TranslationPage.write(file, "t", List.of(), List.of(plain));
    assertThat(Files.readString(file)).doesNotContain("http:", "https:", "<script", "@import");
  }
}
