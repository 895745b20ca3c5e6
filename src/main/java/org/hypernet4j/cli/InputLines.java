// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import org.hypernet4j.data.TextLines;
import org.jspecify.annotations.Nullable;

/** The text that a command reads: a file, or what is typed or piped in. */
final class InputLines {
  private InputLines() {}

  /** The lines of a file, or those of standard input as they arrive if it is null. */
  static TextLines open(@Nullable Path file) {
    return file == null ? TextLines.of("standard input", System.in) : TextLines.open(file);
  }
}
