// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

/** The exit codes of every command. */
final class ExitCode {
  /** All went well. */
  static final int OK = 0;

  /** A check failed: a model that does not verify, a machine that cannot train. */
  static final int FAILED = 1;

  /** The user's input cannot be used. */
  static final int USER_ERROR = 2;

  /** A bug of ours; the number is EX_SOFTWARE of sysexits.h. */
  static final int BUG = 70;

  /** Ended by a signal; the JVM itself replaces it with 128 + the number of the signal. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
