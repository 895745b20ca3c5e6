// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line without a command, and the options that precede any command. */
@Command(
    name = "hypernet4j",
    mixinStandardHelpOptions = true,
    description =
        "Networks whose weights are made by another network: train, export and verify them with"
            + " TensorFlow in Java.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Begin with:",
      "  ./hypernet4j train graphs/mnist-hyper.json",
      "",
      "Exit codes: 0 fine, 1 a check failed, 2 wrong input, 70 a bug."
    })
final class Root implements Runnable {
  /** The option, which the launcher reads too. */
  static final String GPU = "--gpu";

  @Spec CommandSpec spec;

  @Option(
      names = GPU,
      scope = ScopeType.INHERIT,
      description =
          "Compute on the NVIDIA GPU; an error if there is none. Default: off, compute on the CPU.")
  boolean gpu;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given, expected one of "
            + String.join(", ", spec.commandLine().getSubcommands().keySet()));
  }
}
