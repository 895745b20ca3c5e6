// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code completion} and {@code man}, read by the programs that they are for. */
class CompletionTest {
  @TempDir Path folder;

  private static void assumeInstalled(String program) {
    boolean found =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    assumeTrue(found, program + " is not installed here");
  }

  /** What a program prints; it must end well, and print nothing on standard error. */
  private String run(String... command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(30, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as(command[0] + " ends").isTrue();
    assertThat(Files.readString(err)).isEmpty();
    assertThat(process.exitValue()).isZero();
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  private Path script(String shell) throws IOException {
    Cli cli = Cli.run("completion", shell);
    assertThat(cli.exitCode()).isZero();
    assertThat(cli.err()).isEmpty();
    return Files.writeString(
        folder.resolve("script." + shell), String.join("\n", cli.out()) + "\n");
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    assumeInstalled("bash");
    Path asks =
        Files.writeString(
            folder.resolve("asks"),
            """
            source %s
            compopt() { :; }
            ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                    _complete_hypernet4j; echo "${COMPREPLY[*]}"; }
            ask hypernet4j tr
            ask hypernet4j train --fo
            ask hypernet4j train --form ''
            ask hypernet4j vocabulary a
            ask hypernet4j completion ''
            ask hypernet4j curves --scale l
            complete -p hypernet4j
            """
                .formatted(script("bash")));

    assertThat(run("bash", "--norc", asks.toString()).lines())
        .containsExactly(
            "train translate",
            "--form",
            "generated baked",
            "apply",
            "bash zsh fish",
            "linear log",
            "complete -o default -F _complete_hypernet4j hypernet4j");
  }

  @Test
  void zshCompletesACommand() throws Exception {
    assumeInstalled("zsh");
    Path asks =
        Files.writeString(
            folder.resolve("asks"),
            """
            zmodload zsh/zpty
            zpty z zsh -f -i
            zpty -w z 'PS1=; unsetopt promptcr promptsp; autoload -Uz compinit; compinit -u -D
              source %s; print READ''Y'
            read_until() { for i in {1..80}; do
                while zpty -r -t z part; do all+=$part; done
                [[ $all == *$1* ]] && return; sleep .1; done }
            all=; read_until READY
            all=; zpty -w -n z $'hypernet4j vocabulary dec\\t'; read_until decode
            [[ $all == *'vocabulary decode'* ]] && print completed || print -r -- "$all"
            zpty -d z
            """
                .formatted(script("zsh")));

    assertThat(run("zsh", "-f", asks.toString()).strip()).isEqualTo("completed");
  }

  @Test
  void fishCompletesCommandsOptionsValuesAndFiles() throws Exception {
    assumeInstalled("fish");
    Path script = script("fish");

    assertThat(fish(script, "hypernet4j tr")).containsExactly("train", "translate");
    assertThat(fish(script, "./hypernet4j train --form ")).containsExactly("baked", "generated");
    assertThat(fish(script, "hypernet4j vocabulary dec")).containsExactly("decode");
    assertThat(fish(script, "hypernet4j --gpu completion ")).containsExactly("bash", "fish", "zsh");
    assertThat(fish(script, "hypernet4j train --runs x graphs/mnist-h"))
        .containsExactly("graphs/mnist-hyper.json");
    assertThat(fish(script, "hypernet4j version gra")).isEmpty();
  }

  private List<String> fish(Path script, String typed) throws Exception {
    String lines =
        run("fish", "--no-config", "-c", "source " + script + "; complete -C '" + typed + "'");
    return lines.lines().map(line -> line.replaceFirst("\t.*", "")).collect(Collectors.toList());
  }

  @Test
  void everyCommandHasAPageThatManReads() throws Exception {
    Cli cli = Cli.run("man", "--out", folder.resolve("man1"), "--json");

    assertThat(cli.exitCode()).as(cli.err().toString()).isZero();
    assertThat(cli.json().getAsJsonArray("files").size()).isGreaterThan(22);
    String page = Files.readString(folder.resolve("man1/hypernet4j-vocabulary-train.1"));
    assertThat(page).contains(".TH", "\\fB\\-\\-size\\fR \\fIN\\fR", ".SH \"OPTIONS\"");
    assumeInstalled("man");
    // --warnings makes groff say what it cannot read, and run() lets it say nothing
    String shown =
        run(
            "env",
            "MANWIDTH=78",
            "MANROFFOPT=-c",
            "man",
            "--warnings",
            "-E",
            "UTF-8",
            "-P",
            "cat",
            folder.resolve("man1/hypernet4j-train.1").toString());
    assertThat(shown.replaceAll(".\b", ""))
        .contains("NAME\n       hypernet4j-train - train the model of a specification")
        .contains("--set PATH=VALUE")
        .contains("./hypernet4j train graphs/mnist-hyper.json");
  }
}
