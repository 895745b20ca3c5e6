package org.hypernet4j.cli;

import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out standard output: results
 * @param err standard error: progress, warnings, errors
 * @param interactive whether a person looks at {@code err} in a terminal that can move its cursor
 * @param processOwn whether these are the streams of the process itself
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean processOwn) {
  /** Streams that somebody else takes. */
  Terminal(PrintStream out, PrintStream err) {
    this(out, err, false, false);
  }

  /** The terminal of this process. */
  // From JDK 22 on the console is null only with the property jdk.console=java.base, which the
  // launcher sets.
  @SuppressWarnings("SystemConsoleNull")
  static Terminal ofProcess() {
    String kind = System.getenv("TERM");
    return new Terminal(
        System.out,
        System.err,
        System.console() != null && kind != null && !kind.isEmpty() && !kind.equals("dumb"),
        true);
  }
}
