// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The completion of a command line for the shell fish; picocli makes that of bash and zsh only.
 *
 * <p>A function in the script finds the command among the words that are typed; each line offers
 * something to one command.
 */
final class FishCompletion {
  private final String program;
  private final CommandSpec root;
  private final StringBuilder out = new StringBuilder();

  private FishCompletion(String program, CommandSpec root) {
    this.program = program;
    this.root = root;
  }

  /**
   * The script.
   *
   * @param program the name of the program as it is typed, without its folder
   */
  static String of(String program, CommandSpec root) {
    return new FishCompletion(program, root).script();
  }

  private String script() {
    List<CommandSpec> all = CommandTree.all(root);
    String at = "__" + program.replaceAll("[^A-Za-z0-9]", "_") + "_at";
    out.append("# fish completion of ").append(program).append('\n');
    out.append("# put it into ~/.config/fish/completions/").append(program).append(".fish\n\n");
    out.append(
        """
        function %s --description 'Whether the command that is typed is this one'
            set -l commands %s
            set -l takes_value %s
            set -l here ''
            set -l skip 0
            for word in (commandline -opc)[2..-1]
                if test $skip = 1
                    set skip 0
                else if string match -q -- '-*' $word
                    contains -- $word $takes_value; and set skip 1
                else
                    set -l next (string trim -- "$here $word")
                    contains -- $next $commands; or break
                    set here $next
                end
            end
            test "$here" = "$argv[1]"
        end

        """
            .formatted(at, words(all), values(all)));
    line("-f"); // files only where a path is expected
    for (CommandSpec command : all) {
      String condition = "-n " + quote(at + " " + quote(CommandTree.words(command)));
      for (CommandLine below : command.subcommands().values()) {
        CommandSpec spec = below.getCommandSpec();
        line(
            condition,
            "-a " + quote(spec.name()),
            "-d " + quote(CommandTree.summary(spec.usageMessage().description())));
      }
      for (PositionalParamSpec argument : command.positionalParameters()) {
        argument(condition, argument);
      }
      for (OptionSpec option : command.options()) {
        option(condition, option);
      }
    }
    return out.toString();
  }

  private void argument(String condition, PositionalParamSpec argument) {
    List<String> values = CommandTree.values(argument);
    if (!values.isEmpty()) {
      line(condition, "-a " + quote(String.join(" ", values)));
    } else if (CommandTree.isPath(argument)) {
      line(condition, "-F");
    }
  }

  private void option(String condition, OptionSpec option) {
    if (option.hidden()) {
      return;
    }
    List<String> parts = new ArrayList<>(List.of(condition));
    for (String name : option.names()) {
      parts.add(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1));
    }
    List<String> values = CommandTree.values(option);
    if (!values.isEmpty()) {
      parts.add("-x -a " + quote(String.join(" ", values)));
    } else if (hasValue(option)) {
      parts.add(CommandTree.isPath(option) ? "-r -F" : "-x");
    }
    parts.add("-d " + quote(CommandTree.summary(option.description())));
    line(parts.toArray(new String[0]));
  }

  private static boolean hasValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  private void line(String... parts) {
    out.append("complete -c ").append(program).append(' ').append(String.join(" ", parts));
    out.append('\n');
  }

  private static String words(List<CommandSpec> all) {
    StringBuilder text = new StringBuilder();
    all.stream().skip(1).forEach(spec -> append(text, CommandTree.words(spec)));
    return text.toString();
  }

  private static String values(List<CommandSpec> all) {
    TreeSet<String> names = new TreeSet<>();
    for (CommandSpec spec : all) {
      spec.options().stream()
          .filter(FishCompletion::hasValue)
          .forEach(option -> names.addAll(List.of(option.names())));
    }
    StringBuilder text = new StringBuilder();
    names.forEach(name -> append(text, name));
    return text.toString();
  }

  private static void append(StringBuilder text, String word) {
    text.append(text.isEmpty() ? "" : " ").append(quote(word));
  }

  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
