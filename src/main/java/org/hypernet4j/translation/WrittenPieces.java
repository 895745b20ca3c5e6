// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.data.Subwords;

/**
 * What a model has written. A model may have more outputs than its vocabulary has pieces, where the
 * text was too small for as many as were asked for; such an output has no text, like a mark.
 */
final class WrittenPieces {
  private WrittenPieces() {}

  /** The text of ids. */
  static String text(Subwords subwords, int[] ids) {
    return subwords.decode(Arrays.stream(ids).filter(id -> id < subwords.size()).toArray());
  }

  /** The piece of each id; {@code <8005>} for an output that has none. */
  static List<String> pieces(Subwords subwords, int[] ids) {
    return Arrays.stream(ids)
        .mapToObj(id -> id < subwords.size() ? subwords.pieces().get(id) : "<" + id + ">")
        .toList();
  }
}
