// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** The commands of a command line with those below them, for what is generated from them. */
final class CommandTree {
  private CommandTree() {}

  /** A command and all below it, each once and before those below it. */
  static List<CommandSpec> all(CommandSpec root) {
    List<CommandSpec> found = new ArrayList<>();
    found.add(root);
    for (CommandLine below : root.subcommands().values()) {
      for (CommandSpec spec : all(below.getCommandSpec())) {
        if (!found.contains(spec)) {
          found.add(spec);
        }
      }
    }
    return found;
  }

  /** The words after the program's name that call a command; empty for the root. */
  static String words(CommandSpec spec) {
    return spec.parent() == null ? "" : CliCommand.words(spec);
  }

  /** The values that an option or an argument can have, empty if they are no list of words. */
  static List<String> values(ArgSpec argument) {
    Iterable<String> given = argument.completionCandidates();
    return given == null ? List.of() : StreamSupport.stream(given.spliterator(), false).toList();
  }

  /** Whether an option or an argument is the path of a file or folder. */
  static boolean isPath(ArgSpec argument) {
    for (Class<?> type : argument.auxiliaryTypes()) {
      if (Path.class.isAssignableFrom(type)) {
        return true;
      }
    }
    return Path.class.isAssignableFrom(argument.type());
  }

  /** A description as one text, with its line ends as blanks. */
  static String text(String @Nullable [] lines) {
    return lines == null ? "" : String.join(" ", lines).replace("%n", " ").replace("%%", "%");
  }

  /** The first sentence of a description, without its full stop. */
  static String summary(String @Nullable [] lines) {
    String text = text(lines).strip();
    int end = text.indexOf(". ");
    String first = end < 0 ? text : text.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }
}
