// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import org.jspecify.annotations.Nullable;

/** The product did something that is not right. */
final class Wrong extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String command;
  private final @Nullable Integer exitCode;
  private final String lastLine;

  Wrong(String what) {
    this(what, null, null, "");
  }

  /**
   * What a command did.
   *
   * @param lastLine the last that it said on standard error
   */
  Wrong(String what, @Nullable String command, @Nullable Integer exitCode, String lastLine) {
    super(what);
    this.command = command;
    this.exitCode = exitCode;
    this.lastLine = lastLine;
  }

  /** What was thrown, as something wrong: itself, or an exception that nobody expected. */
  static Wrong of(Throwable thrown) {
    if (thrown instanceof Wrong wrong) {
      return wrong;
    }
    StackTraceElement[] trace = thrown.getStackTrace();
    return new Wrong("threw " + thrown, null, null, trace.length == 0 ? "" : "at " + trace[0]);
  }

  @Nullable String command() {
    return command;
  }

  @Nullable Integer exitCode() {
    return exitCode;
  }

  String lastLine() {
    return lastLine;
  }

  String what() {
    return String.valueOf(getMessage());
  }
}
