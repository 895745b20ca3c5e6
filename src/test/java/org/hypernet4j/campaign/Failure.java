// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import org.jspecify.annotations.Nullable;

/**
 * A wrong attempt, as it is told and repeated.
 *
 * @param kind of fault
 * @param seed of the attempt
 * @param what is not right
 * @param command that did it, if it was one
 * @param exitCode of the process, if it ended
 * @param lastLine of its standard error
 */
record Failure(
    String kind,
    long seed,
    String what,
    @Nullable String command,
    @Nullable Integer exitCode,
    String lastLine) {
  static Failure of(String kind, long seed, Wrong wrong) {
    return new Failure(
        kind, seed, wrong.what(), wrong.command(), wrong.exitCode(), wrong.lastLine());
  }

  /** What repeats this attempt alone. */
  String repeat() {
    return "mvn -Pcampaign verify -Dcampaign.only=" + kind + ":" + seed;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("WRONG ").append(kind).append(':').append(seed);
    text.append(": ").append(what);
    if (command != null) {
      text.append("\n  command: ").append(command);
    }
    if (exitCode != null) {
      text.append("\n  exit code: ").append(exitCode);
    }
    if (!lastLine.isEmpty()) {
      text.append("\n  last line: ").append(lastLine);
    }
    return text.append("\n  repeat: ").append(repeat()).toString();
  }
}
