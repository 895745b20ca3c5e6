// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hypernet4j.data.Vocabulary;

/** Human-readable labels of the symbols of a text, one by one. */
final class SymbolLabels {
  private static final String DAMAGED = "\uFFFD";

  private SymbolLabels() {}

  /**
   * A label for each id: a character, of code points as of bytes. Where a character takes several
   * bytes, its label stands at the first and those of the others are empty; bytes that are no
   * character are U+FFFD.
   */
  static List<String> of(Vocabulary vocabulary, int... ids) {
    if (vocabulary.kind() == Vocabulary.Kind.BYTES) {
      return ofBytes(vocabulary.decode(ids));
    }
    List<String> labels = new ArrayList<>();
    for (int id : ids) {
      labels.add(new String(vocabulary.decode(id), UTF_8));
    }
    return labels;
  }

  private static List<String> ofBytes(byte[] bytes) {
    List<String> labels = new ArrayList<>();
    for (int at = 0; at < bytes.length; at = labels.size()) {
      int length = length(bytes[at] & 0xff);
      String label = at + length <= bytes.length ? new String(bytes, at, length, UTF_8) : DAMAGED;
      if (label.codePointCount(0, label.length()) == 1 && !label.equals(DAMAGED)) {
        labels.add(label);
        labels.addAll(Collections.nCopies(length - 1, ""));
      } else {
        labels.add(DAMAGED);
      }
    }
    return labels;
  }

  /** The number of bytes of a character in UTF-8, from its first byte. */
  private static int length(int first) {
    return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  }
}
