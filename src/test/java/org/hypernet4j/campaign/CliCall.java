// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.hypernet4j.cli.Main;

/** Runs a command line in this process: for workers, which may die of it. */
final class CliCall {
  private CliCall() {}

  static CommandResult run(Object... words) {
    String[] args = Commands.words(words);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new CommandResult(Commands.typed(List.of(args)), code, lines(out), lines(err));
  }

  private static List<String> lines(ByteArrayOutputStream bytes) {
    return bytes.toString(UTF_8).lines().toList();
  }
}
