// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code vocabulary}: makes and applies vocabularies of sub-words. */
@Command(
    name = "vocabulary",
    description =
        "Make a vocabulary of pieces of words from text, by byte-pair encoding, and cut text into"
            + " its pieces.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j vocabulary train train.en train.fr --size 8000 --out vocabulary",
      "  ./hypernet4j vocabulary apply vocabulary train.en",
      "  ./hypernet4j vocabulary apply vocabulary < train.en | ./hypernet4j vocabulary decode"
          + " vocabulary"
    })
final class VocabularyCommand extends CliCommand {
  @Override
  List<CliCommand> actions() {
    return List.of(
        new VocabularyTrainCommand(),
        new VocabularyApplyCommand(),
        new VocabularyDecodeCommand(),
        new VocabularyShowCommand());
  }

  @Override
  int run(Report report) {
    throw new ParameterException(
        commandSpec.commandLine(),
        "no command given, expected one of "
            + String.join(", ", commandSpec.subcommands().keySet()));
  }
}
