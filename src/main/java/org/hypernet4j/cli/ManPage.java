// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.hypernet4j.export.LibraryVersion;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command's page in the language of man, roff, made of what picocli knows of it. Picocli itself
 * writes AsciiDoc, which no man reads.
 */
final class ManPage {
  /** Wide enough that the synopsis is one line, which man breaks by itself. */
  private static final int ONE_LINE = 10_000;

  private final CommandSpec spec;
  private final StringBuilder out = new StringBuilder();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The name of a command's page: {@code hypernet4j-vocabulary-train}. */
  static String name(CommandSpec spec) {
    String words = CommandTree.words(spec);
    String root = spec.root().name();
    return words.isEmpty() ? root : root + "-" + words.replace(' ', '-');
  }

  /** The page. */
  static String of(CommandSpec spec) {
    return new ManPage(spec).page();
  }

  private String page() {
    String name = name(spec);
    String description = CommandTree.text(spec.usageMessage().description());
    out.append(".TH ")
        .append(quoted(name.toUpperCase(Locale.ROOT)))
        .append(" 1 \"\" ")
        .append(quoted("Hypernet4J " + LibraryVersion.current()))
        .append(" \"Hypernet4J\"\n");
    out.append(".nh\n.ad l\n"); // words to copy are neither hyphenated nor spaced out
    section("NAME");
    line(name + " \\- " + escaped(lowered(CommandTree.summary(new String[] {description}))));
    section("SYNOPSIS");
    out.append(".B ").append(quoted((spec.root().name() + " " + CommandTree.words(spec)).strip()));
    out.append('\n');
    line(escaped(synopsis()));
    section("DESCRIPTION");
    line(escaped(description));
    arguments();
    options();
    commands();
    footer();
    section("EXIT STATUS");
    line("0 fine, 1 a check failed, 2 wrong input, 70 a bug, 128 + n ended by signal n.");
    section("SEE ALSO");
    line(seeAlso());
    return out.toString();
  }

  private static String lowered(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  /** The synopsis behind the names of program and command. */
  private String synopsis() {
    CommandLine line = spec.commandLine();
    int before = line.getUsageHelpWidth();
    line.setUsageHelpWidth(ONE_LINE);
    try {
      String whole = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0);
      String names = (spec.root().name() + " " + CommandTree.words(spec)).strip();
      String one = whole.strip().replaceAll("\\s+", " ");
      return one.startsWith(names) ? one.substring(names.length()).strip() : one;
    } finally {
      line.setUsageHelpWidth(before);
    }
  }

  private void arguments() {
    List<PositionalParamSpec> arguments = shown(spec.positionalParameters());
    if (arguments.isEmpty()) {
      return;
    }
    section("ARGUMENTS");
    for (PositionalParamSpec argument : arguments) {
      item("\\fI" + escaped(argument.paramLabel()) + "\\fR", argument);
    }
  }

  private void options() {
    List<OptionSpec> options =
        shown(spec.options()).stream()
            .sorted(Comparator.comparing(OptionSpec::longestName))
            .toList();
    if (options.isEmpty()) {
      return;
    }
    section("OPTIONS");
    for (OptionSpec option : options) {
      String names =
          Arrays.stream(option.names())
              .map(name -> "\\fB" + escaped(name) + "\\fR")
              .collect(Collectors.joining(", "));
      boolean value = option.arity().max() > 0;
      item(value ? names + " \\fI" + escaped(option.paramLabel()) + "\\fR" : names, option);
    }
  }

  private static <A extends ArgSpec> List<A> shown(List<A> arguments) {
    return arguments.stream().filter(argument -> !argument.hidden()).toList();
  }

  private void item(String head, ArgSpec argument) {
    out.append(".TP\n");
    line(head);
    line(escaped(CommandTree.text(argument.description())));
  }

  private void commands() {
    if (spec.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (CommandLine below : spec.subcommands().values()) {
      CommandSpec command = below.getCommandSpec();
      out.append(".TP\n");
      line("\\fB" + escaped(command.name()) + "\\fR");
      line(escaped(CommandTree.text(command.usageMessage().description())));
    }
  }

  /** Examples and the like, line by line as in the help. */
  private void footer() {
    String[] lines = spec.usageMessage().footer();
    if (lines.length == 0) {
      return;
    }
    boolean examples = Arrays.stream(lines).anyMatch(text -> text.matches("Examples?:"));
    section(examples ? "EXAMPLES" : "NOTES");
    out.append(".nf\n");
    for (String text : lines) {
      if (!text.isEmpty() && !text.matches("Examples?:")) {
        line(escaped(text.replace("%%", "%")));
      }
    }
    out.append(".fi\n");
  }

  private String seeAlso() {
    return CommandTree.all(spec.root()).stream()
        .filter(other -> other != spec && (other.parent() == null || related(other)))
        .map(other -> "\\fB" + escaped(name(other)) + "\\fR(1)")
        .collect(Collectors.joining(", "));
  }

  /** Whether a command stands directly above, below or beside this one. */
  private boolean related(CommandSpec other) {
    return other.parent() == spec || other.parent() == spec.parent() || spec.parent() == other;
  }

  private void section(String title) {
    out.append(".SH ").append(quoted(title)).append('\n');
  }

  /** A line of text; a dot or an apostrophe at its start would be a command. */
  private void line(String text) {
    out.append(text.startsWith(".") || text.startsWith("'") ? "\\&" : "").append(text);
    out.append('\n');
  }

  private static String quoted(String text) {
    return '"' + escaped(text).replace("\"", "\"\"") + '"';
  }

  /** Text whose hyphens can be copied, and whose backslashes are none of roff's. */
  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
  }
}
