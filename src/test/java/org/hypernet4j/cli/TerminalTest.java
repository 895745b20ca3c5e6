// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TerminalTest {
  /** A container without a locale has ASCII streams, where é would be a question mark. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its console has its own encoding")
  void printsUtf8WhateverTheLocale() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outBefore = System.out;
    PrintStream errBefore = System.err;
    System.setOut(new PrintStream(out, true, US_ASCII));
    System.setErr(new PrintStream(err, true, US_ASCII));
    try {
      Terminal terminal = Terminal.ofProcess();
      terminal.out().print("▁été 😀");
      terminal.err().println("note: é");
    } finally {
      System.setOut(outBefore);
      System.setErr(errBefore);
    }

    assertThat(out.toString(UTF_8)).isEqualTo("▁été 😀"); // and without a flush
    assertThat(err.toString(UTF_8).strip()).isEqualTo("note: é");
  }

  @Test
  void theLocaleSaysWhetherMoreThanAsciiIsShown() {
    assertThat(Terminal.showsUnicode(Map.of())).isFalse();
    assertThat(Terminal.showsUnicode(Map.of("LANG", "C.UTF-8"))).isTrue();
    assertThat(Terminal.showsUnicode(Map.of("LANG", "en_GB.utf8", "LC_ALL", ""))).isTrue();
    assertThat(Terminal.showsUnicode(Map.of("LANG", "C.UTF-8", "LC_ALL", "C"))).isFalse();
    assertThat(Terminal.showsUnicode(Map.of("LANG", "de_DE.ISO-8859-1"))).isFalse();
  }
}
