// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {
  @Option(
      names = "--json",
      description =
          "Print one JSON object as the last line of standard output; everything else goes to"
              + " standard error.")
  boolean json;

  @Option(
      names = "--debug",
      description = "Show where an error comes from, and more of what is going on.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  boolean help;
}
