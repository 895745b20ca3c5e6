// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

/**
 * An answer in JSON.
 *
 * @param status of HTTP
 * @param body the text in UTF-8
 */
record RestAnswer(int status, byte[] body) {
  /** An answer of any kind. */
  static RestAnswer json(int status, byte[] body) {
    return new RestAnswer(status, body);
  }

  /** {@code {"error": "..."}}. */
  static RestAnswer error(RestError error) {
    return new RestAnswer(error.code().status(), error(error.text()));
  }

  /** The body of an error. */
  static byte[] error(String text) {
    return new PrettyJson(false).beginObject().name("error").string(text).end().bytes();
  }
}
