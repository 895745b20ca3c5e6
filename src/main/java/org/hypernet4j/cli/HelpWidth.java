// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The number of columns in which help is printed. */
final class HelpWidth {
  /** Of a file or a pipe, which have no width. */
  private static final int NONE = 80;

  /** What picocli needs for its columns. */
  private static final int LEAST = 55;

  private static final int MOST = 500;

  private HelpWidth() {}

  /** The width for this process. */
  static int of(Terminal terminal) {
    return of(
        System.getenv("COLUMNS"), terminal.interactive(), () -> new TerminalWidth().columns());
  }

  /**
   * The width.
   *
   * @param columns the environment's COLUMNS, which the user has set and which counts first; null
   *     if it is not set
   * @param interactive whether there is a terminal
   * @param real its width; asked only if it is needed
   */
  static int of(@Nullable String columns, boolean interactive, IntSupplier real) {
    int width = columns == null ? 0 : TerminalWidth.parse("0 " + columns.strip(), 0);
    if (width == 0) {
      width = interactive ? real.getAsInt() : NONE;
    }
    return Math.max(LEAST, Math.min(MOST, width));
  }
}
