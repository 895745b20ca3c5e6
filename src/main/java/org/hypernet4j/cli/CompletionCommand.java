// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion SHELL}: prints a script with which a shell completes commands and options. */
@Command(
    name = "completion",
    description = "Print a script with which a shell completes commands, options and their values.",
    footer = {
      "",
      "Now and in this shell:",
      "  bash:  source <(./hypernet4j completion bash)",
      "  zsh:   source <(./hypernet4j completion zsh)",
      "  fish:  ./hypernet4j completion fish | source",
      "",
      "In every shell from now on:",
      "  bash:  ./hypernet4j completion bash >"
          + " ~/.local/share/bash-completion/completions/hypernet4j",
      "  zsh:   ./hypernet4j completion zsh >> ~/.zshrc",
      "  fish:  ./hypernet4j completion fish > ~/.config/fish/completions/hypernet4j.fish"
    })
final class CompletionCommand extends CliCommand {
  private static final String PROGRAM = "hypernet4j";

  /** The shells. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The words for the shells. */
    static final class Words extends WordConverter<Shell> {
      Words() {
        super(Shell.class, Shell::toString);
      }
    }
  }

  @Parameters(
      paramLabel = "SHELL",
      converter = Shell.Words.class,
      completionCandidates = Shell.Words.class,
      description = "bash, zsh or fish.")
  Shell shell;

  @Override
  int run(Report report) {
    CommandLine root = commandSpec.root().commandLine();
    String script =
        shell == Shell.FISH
            ? FishCompletion.of(PROGRAM, root.getCommandSpec())
            : AutoComplete.bash(PROGRAM, root);
    report.block(script);
    report.put("shell", shell.toString()).put("script", script);
    return ExitCode.OK;
  }
}
