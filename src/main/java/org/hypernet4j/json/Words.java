// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.json;

import com.google.gson.JsonElement;

/** Formats a user's input for a message: quoted and shortened. */
final class Words {
  private static final int LONGEST = 60;

  private Words() {}

  static String quote(String text) {
    return "'" + shorten(text) + "'";
  }

  /** A JSON value as it was written, shortened. */
  static String show(JsonElement value) {
    return shorten(value.toString());
  }

  private static String shorten(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 3) + "...";
  }
}
