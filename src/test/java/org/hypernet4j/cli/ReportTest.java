// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void linesBreakBetweenWordsOnAScreenOnly() {
    String line = "  exported to export/models/digits/1, verified in a fresh JVM";
    assertThat(Report.wrapped(line, 30))
        .isEqualTo("  exported to\n    export/models/digits/1,\n    verified in a fresh JVM");
    assertThat(Report.wrapped(line, 61)).isEqualTo(line);
    assertThat(Report.wrapped("a-word-that-is-too-long here", 10))
        .isEqualTo("a-word-that-is-too-long\n  here");
    assertThat(said(30, line)).isEqualTo(Report.wrapped(line, 30) + "\n");
    assertThat(said(Terminal.UNLIMITED, line)).isEqualTo(line + "\n");
    assertThat(said(30, "")).isEqualTo("\n");
    assertThat(said(30, "one\n\nthree")).isEqualTo("one\n\nthree\n");
  }

  private static String said(int columns, String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    new Report(new Terminal(out, out, false, false, columns), false).say("%s", line);
    return bytes.toString(UTF_8);
  }
}
