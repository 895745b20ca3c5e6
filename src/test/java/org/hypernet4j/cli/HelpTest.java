// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.hypernet4j.checkpoint.WeightMapping;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  // switches that are off unless given
  private static final Set<String> PLAIN = Set.of("--json", "--debug", "--help");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "inspect",
        "export",
        "verify",
        "publish",
        "serve",
        "import",
        "generate",
        "draw",
        "score",
        "translate",
        "vocabulary",
        "vocabulary train",
        "vocabulary apply",
        "vocabulary decode",
        "vocabulary show",
        "visualise",
        "curves",
        "report",
        "compare",
        "doctor",
        "completion",
        "man",
        "version"
      })
  void everyCommandHasHelpWithTheCommonOptions(String command) {
    Cli help = Cli.run((Object[]) (command + " --help").split(" "));

    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(String.join("\n", help.out())).contains("Usage: hypernet4j " + command, "--json");
  }

  @Test
  void everyOptionSaysItsDefault() {
    for (CliCommand command :
        List.of(
            new TrainCommand(),
            new InspectCommand(),
            new ExportCommand(),
            new PublishCommand(),
            new ServeCommand(),
            new ImportCommand(),
            new GenerateCommand(),
            new DrawCommand(),
            new ScoreCommand(),
            new TranslateCommand(),
            new VocabularyTrainCommand(),
            new VocabularyApplyCommand(),
            new VocabularyDecodeCommand(),
            new VocabularyShowCommand(),
            new VisualiseCommand(),
            new CurvesCommand(),
            new ReportCommand(),
            new CompareCommand(),
            new DoctorCommand(),
            new CompletionCommand(),
            new ManCommand())) {
      for (OptionSpec option : new CommandLine(command).getCommandSpec().options()) {
        if (!PLAIN.contains(option.longestName())) {
          assertThat(String.join(" ", option.description()))
              .as(option.longestName())
              .contains("Default: ");
        }
      }
    }
  }

  @Test
  void theHelpOfImportNamesEveryReadyMadeMapping() {
    String help = String.join(" ", Cli.run("import", "--help").out()).replaceAll("\\s+", " ");

    assertThat(help)
        .contains("a JSON file, or one of " + String.join(", ", WeightMapping.READY_MADE) + ";");
  }

  @Test
  void rootHelpListsTheCommands() {
    Cli help = Cli.run("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(String.join("\n", help.out()))
        .contains(
            "train ",
            "inspect ",
            "export ",
            "verify ",
            "publish ",
            "import ",
            "generate ",
            "draw ",
            "score ",
            "translate ",
            "visualise ",
            "curves ",
            "doctor ");
  }

  @Test
  void helpHasTheWidthOfTheTerminal() {
    // what the user says counts first, then the terminal; a pipe has no width
    assertThat(HelpWidth.of("120", true, () -> 90)).isEqualTo(120);
    assertThat(HelpWidth.of(null, true, () -> 90)).isEqualTo(90);
    assertThat(HelpWidth.of(null, false, () -> 90)).isEqualTo(80);
    assertThat(HelpWidth.of("120", false, () -> 90)).isEqualTo(120);
    // picocli draws nothing below 55 columns
    assertThat(HelpWidth.of("20", true, () -> 90)).isEqualTo(55);
    for (String none : List.of("", "0", "wide", "-5", "12345678901")) {
      assertThat(HelpWidth.of(none, true, () -> 90)).as(none).isEqualTo(90);
    }
  }

  @Test
  void versionNamesTensorFlow() {
    assertThat(Cli.run("version", "--json").json().get("tensorflow").getAsString())
        .isEqualTo("2.18.0");
    assertThat(Cli.run("--version").out().get(0)).startsWith("Hypernet4J ");
  }
}
