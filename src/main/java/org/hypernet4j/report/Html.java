// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.report;

import java.util.List;
import org.hypernet4j.picture.Markup;

/** Writes the parts of a page; every text is escaped here. */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 15);

  static String escape(String text) {
    return Markup.escape(text);
  }

  /** Adds what is HTML already. */
  Html raw(String html) {
    out.append(html);
    return this;
  }

  Html heading(String id, String text) {
    return raw("<h2 id=\"" + id + "\">" + escape(text) + "</h2>\n");
  }

  Html paragraph(String text) {
    return raw("<p>" + escape(text) + "</p>\n");
  }

  Html small(String text) {
    return raw("<p class=\"small\">" + escape(text) + "</p>\n");
  }

  Html code(String text) {
    return raw("<pre><code>" + escape(text) + "</code></pre>\n");
  }

  /**
   * A table.
   *
   * @param head of its columns; the first holds names, the others are aligned to the right
   * @param words whether the other columns hold words and are aligned to the left
   */
  Html table(List<String> head, List<List<String>> rows, boolean words) {
    raw("<div class=\"wide\"><table class=\"" + (words ? "words" : "numbers") + "\">\n");
    if (!head.isEmpty()) {
      raw("<thead><tr>");
      head.forEach(cell -> raw("<th scope=\"col\">" + escape(cell) + "</th>"));
      raw("</tr></thead>\n");
    }
    raw("<tbody>\n");
    for (List<String> row : rows) {
      raw("<tr><th scope=\"row\">" + escape(row.get(0)) + "</th>");
      row.stream().skip(1).forEach(cell -> raw("<td>" + escape(cell) + "</td>"));
      raw("</tr>\n");
    }
    return raw("</tbody></table></div>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
