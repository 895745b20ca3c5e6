// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

/** A request that gets an error for an answer, with the code and in the words of the server. */
final class RestError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Codes as TensorFlow and gRPC name them, each with its status in HTTP. */
  enum Code {
    INVALID_ARGUMENT(400),
    FAILED_PRECONDITION(400),
    NOT_FOUND(404),
    /** The client was too slow; no code of TensorFlow. */
    REQUEST_TIMEOUT(408),
    /** The body is too long; no code of TensorFlow. */
    CONTENT_TOO_LARGE(413),
    RESOURCE_EXHAUSTED(429),
    INTERNAL(500),
    UNIMPLEMENTED(501),
    UNAVAILABLE(503),
    DEADLINE_EXCEEDED(504);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final Code code;
  private final String text;

  RestError(Code code, String text) {
    super(text, null, false, false); // an answer, not a fault of the program: no stack trace
    this.code = code;
    this.text = text;
  }

  static RestError invalid(String text) {
    return new RestError(Code.INVALID_ARGUMENT, text);
  }

  Code code() {
    return code;
  }

  String text() {
    return text;
  }

  /** As a status is written inside another one's text. */
  String described() {
    return code + ": " + text;
  }
}
