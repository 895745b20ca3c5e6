// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text from ids that arrive one by one. A character of several bytes appears when its last byte has
 * arrived; bytes that are not UTF-8 appear as U+FFFD.
 */
public final class IncrementalText {
  private static final int LONGEST = 8; // bytes of a character and of an unfinished one before it

  private final Vocabulary vocabulary;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final ByteBuffer open = ByteBuffer.allocate(LONGEST);

  /** Creates an empty text of the vocabulary's symbols. */
  public IncrementalText(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * Adds a symbol.
   *
   * @return the characters that are complete now and were not before; often none
   */
  public String add(int id) {
    open.put(vocabulary.decode(id));
    return decode(false);
  }

  /** Text for an unfinished character at the end; often empty. */
  public String end() {
    String rest = decode(true);
    decoder.reset();
    return rest;
  }

  private String decode(boolean last) {
    CharBuffer text = CharBuffer.allocate(2 * LONGEST);
    open.flip();
    decoder.decode(open, text, last);
    if (last) {
      decoder.flush(text);
    }
    open.compact();
    return text.flip().toString();
  }
}
