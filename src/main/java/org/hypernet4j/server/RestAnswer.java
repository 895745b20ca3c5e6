// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

/** An answer in JSON. */
final class RestAnswer {
  private final int status;
  private final byte[] body;

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param body the text in UTF-8, which is not copied
   */
  RestAnswer(int status, byte[] body) {
    this.status = status;
    this.body = body;
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body;
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
