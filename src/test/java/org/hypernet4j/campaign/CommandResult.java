// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one command did.
 *
 * @param command as a user would type it
 * @param exitCode of the process
 * @param out lines of standard output
 * @param err lines of standard error
 */
record CommandResult(String command, int exitCode, List<String> out, List<String> err) {
  /** All that a process of ours may end with: well, a check said no, bad input, Ctrl-C, SIGTERM. */
  static final Set<Integer> CONTRACT = Set.of(0, 1, 2, 130, 143);

  private static final Pattern TRACE =
      Pattern.compile("\\s+at [\\w.$/]+\\(.*\\)|Exception in thread .*|# A fatal error .*");

  CommandResult {
    out = List.copyOf(out);
    err = List.copyOf(err);
  }

  String lastLine() {
    return err.isEmpty() ? "" : err.get(err.size() - 1);
  }

  Wrong wrong(String what) {
    return new Wrong(what, command, exitCode, lastLine());
  }

  /**
   * Holds the command against the contract of exit codes: 2 comes with one line that begins with
   * {@code error:}, and it is the last; 0 comes without one; nothing shows a stack trace.
   */
  CommandResult requireContract() throws Wrong {
    if (!CONTRACT.contains(exitCode)) {
      throw wrong("ended with " + exitCode);
    }
    for (String line : err) {
      if (TRACE.matcher(line).matches()) {
        throw new Wrong("showed a stack trace", command, exitCode, line);
      }
    }
    long errors = err.stream().filter(line -> line.startsWith("error: ")).count();
    if (exitCode == 0 && errors > 0) {
      throw wrong("ended with 0 and told an error");
    }
    if (exitCode == 2 && (errors != 1 || !lastLine().startsWith("error: "))) {
      throw wrong("ended with 2 and " + errors + " lines of error, where one is due at the end");
    }
    return this;
  }

  /** The contract, and one of these exit codes. */
  CommandResult require(Integer... codes) throws Wrong {
    requireContract();
    if (!Set.of(codes).contains(exitCode)) {
      throw wrong("ended with " + exitCode + " where " + Set.of(codes) + " is right");
    }
    return this;
  }
}
