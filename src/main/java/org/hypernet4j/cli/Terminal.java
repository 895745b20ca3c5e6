// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The streams that a command prints on.
 *
 * @param out standard output: results
 * @param err standard error: progress, warnings, errors
 * @param interactive whether {@code err} is a terminal that can move its cursor
 * @param processOwn whether these are the streams of the process itself
 * @param columns of the screen that {@code out} is, or {@link #UNLIMITED}
 */
record Terminal(
    PrintStream out, PrintStream err, boolean interactive, boolean processOwn, int columns) {
  /** The columns where nobody reads on a screen: as many as a line has. */
  static final int UNLIMITED = Integer.MAX_VALUE;

  private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** Streams that are not those of the process. */
  Terminal(PrintStream out, PrintStream err) {
    this(out, err, false, false, UNLIMITED);
  }

  /** The terminal of this process. */
  static Terminal ofProcess() {
    boolean windows = File.separatorChar == '\\';
    PrintStream out = windows ? System.out : utf8(System.out);
    PrintStream err = windows ? System.err : utf8(System.err);
    String kind = System.getenv("TERM");
    boolean able = kind != null && !kind.isEmpty() && !kind.equals("dumb");
    int columns = isTerminal(STANDARD_OUTPUT) ? new TerminalWidth().columns() : UNLIMITED;
    return new Terminal(out, err, able && isTerminal(STANDARD_ERROR), true, columns);
  }

  /**
   * A stream whose text is UTF-8, as results are read and as JSON must be. Java would follow the
   * locale and print question marks in a container that has none.
   */
  static PrintStream utf8(PrintStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  /**
   * Whether a descriptor is a terminal. Java's console covers standard input and output only; it
   * decides where the system does not show descriptors.
   */
  // From JDK 22 on the console is null only with the property jdk.console=java.base, which the
  // launcher sets.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isTerminal(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.matches("/dev/(pts/\\d+|tty\\w*|console)( \\(deleted\\))?")
          && System.console() != null;
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null;
    }
  }

  /** Whether the locale says that the terminal shows more than ASCII: the first that is set. */
  static boolean showsUnicode(Map<String, String> environment) {
    return Stream.of("LC_ALL", "LC_CTYPE", "LANG")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(locale -> !locale.isEmpty())
        .findFirst()
        .map(locale -> locale.toUpperCase(Locale.ROOT).matches(".*UTF-?8.*"))
        .orElse(false);
  }
}
