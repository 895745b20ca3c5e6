// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * The line on which a progress bar is drawn again and again.
 *
 * <p>The library's own consumer would open the terminal with JLine; see {@link TerminalWidth}.
 */
final class BarLine implements ProgressBarConsumer {
  /** What is left of a longer line before. */
  private static final String CLEAR = "\033[K";

  private final PrintStream terminal;
  private final TerminalWidth width;

  BarLine(PrintStream terminal, TerminalWidth width) {
    this.terminal = terminal;
    this.width = width;
  }

  @Override
  public int getMaxRenderedLength() {
    // a line that fills the last column would begin another
    return Math.max(1, width.columns() - 1);
  }

  @Override
  public void accept(String rendered) {
    terminal.print('\r' + rendered + CLEAR);
    terminal.flush();
  }

  @Override
  public void close() {
    terminal.println();
    terminal.flush();
  }
}
