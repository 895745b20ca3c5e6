// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class StripPageTest {
  @TempDir Path folder;

  private String write(TextStrips strips) throws IOException {
    Path file = folder.resolve("page.html");
    StripPage.write(file, strips);
    return Files.readString(file);
  }

  /**
   * The page without what HTML allows and XML does not; whatever is left open would be an error.
   */
  private static Document parse(String html) throws Exception {
    String xml = html.replace("<!DOCTYPE html>", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> all(Element from, String tag) {
    NodeList nodes = from.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  @Test
  void showsTextAndStripsAsTables() throws Exception {
    TextStrips strips =
        TextStripsTest.of(
            List.of("<", " ", "\n", "\"", "&"),
            TextStripsTest.strip(Double.NaN, 0.5, 1, 0, 0.25),
            new TextStrips.Strip(
                "bits", "surprise", TextStrips.Colour.GREY, new double[] {1, 1, 1, 1, 1}));
    Element page = parse(write(strips)).getDocumentElement();
    assertThat(page.getAttribute("lang")).isEqualTo("en");
    assertThat(all(page, "title").get(0).getTextContent()).isEqualTo("Title");
    assertThat(all(page, "figcaption").get(0).getTextContent().strip()).isEqualTo("A note.");
    List<Element> tables = all(page, "table");
    assertThat(tables).hasSize(2); // the key and both lines in one

    List<Element> key = all(tables.get(0), "tr");
    assertThat(key.get(1).getTextContent()).contains("Whi", "input gate", "0.438", "1");
    assertThat(all(key.get(1), "sub").get(0).getTextContent()).isEqualTo("h");
    assertThat(all(key.get(1), "sup").get(0).getTextContent()).isEqualTo("i");

    List<Element> rows = all(tables.get(1), "tr");
    assertThat(rows).hasSize(3);
    assertThat(all(rows.get(0), "th"))
        .extracting(Element::getTextContent)
        .containsExactly("0", "<", "·", "↵", "\"", "&");
    assertThat(all(rows.get(0), "th"))
        .extracting(th -> th.getAttribute("title"))
        .containsExactly("", "0: '<'", "1: space", "2: newline", "3: '\"'", "4: '&'");
    assertThat(all(rows.get(1), "td"))
        .extracting(td -> td.getAttribute("title"))
        .containsExactly("-", "0.5", "1", "0", "0.25");
    // 20 shades; without a class the colour is full
    assertThat(all(rows.get(1), "td"))
        .extracting(td -> td.getAttribute("class"))
        .containsExactly("s0", "s10", "", "s0", "s5");
  }

  @Test
  void needsNothingElse() throws IOException {
    String html = write(TextStripsTest.of(List.of("a", "b"), TextStripsTest.strip(0, 1)));
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("charset=\"utf-8\"", "prefers-color-scheme: dark")
        .doesNotContainIgnoringCase("<script", "http:", "https:", "url(", "@import", "<link");
  }

  @Test
  void escapesTitleAndNotes() throws IOException {
    TextStrips strips =
        new TextStrips("<b>", List.of("a & b"), List.of("a"), List.of(TextStripsTest.strip(0)));
    assertThat(write(strips)).contains("<title>&lt;b&gt;</title>", "<p>a &amp; b</p>");
  }

  @Test
  void saysWhereItCannotWrite() {
    Path nowhere = folder.resolve("no").resolve("page.html");
    assertThatThrownBy(() -> StripPage.write(nowhere, TextStripsTest.of(List.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(folder.resolve("no").toString());
  }
}
