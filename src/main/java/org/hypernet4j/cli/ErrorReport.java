// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.hypernet4j.error.Nearest;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.NotVerifiedException;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TensorFlowException;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns an error of any kind into one line on standard error and an exit code. */
final class ErrorReport {
  private static final String DEBUG = "--debug";

  /** Names in XLA's errors when it cannot compile: its own, or that of a tool it needs on a GPU. */
  private static final Pattern COMPILER =
      Pattern.compile("XLA_[CG]PU_JIT|\\bXLA\\b|libdevice|ptxas");

  private final Terminal terminal;
  private final boolean json;
  private final boolean debug;

  ErrorReport(Terminal terminal, String[] arguments) {
    this.terminal = terminal;
    // not from the parsed options: an error of the parser is reported in the same way
    this.json = Arrays.asList(arguments).contains("--json");
    this.debug = Arrays.asList(arguments).contains(DEBUG);
  }

  /** Reports an error of any kind. */
  int of(Throwable error) {
    if (error instanceof ParameterException parse) {
      return tell(explain(parse), ExitCode.USER_ERROR, error);
    } else if (error instanceof UserError user) {
      return tell(user.message(OptionNames.NOTATION), ExitCode.USER_ERROR, error);
    } else if (error instanceof NotVerifiedException) {
      return tell(String.valueOf(error.getMessage()), ExitCode.FAILED, error);
    }
    String memory = MemoryErrors.explain(error);
    if (memory != null) {
      return tell(memory, ExitCode.USER_ERROR, error);
    } else if (error instanceof UncheckedIOException io) {
      IOException cause = io.getCause();
      return tell(
          "file system: " + cause + ". Check the path, its permissions and the space on the disk.",
          ExitCode.USER_ERROR,
          error);
    } else if (error instanceof LinkageError link) {
      String missing = MissingClass.explain(link);
      return tell(
          missing != null
              ? missing
              : "TensorFlow: the native library does not load ("
                  + error
                  + "). './hypernet4j doctor' shows what is missing.",
          ExitCode.USER_ERROR,
          error);
    } else if (error
        .getClass()
        .getPackageName()
        .equals(TensorFlowException.class.getPackageName())) {
      // not instanceof: some of its exceptions are IllegalArgumentExceptions and the like
      String setting = setting(String.valueOf(error.getMessage()));
      if (setting != null) {
        return tell(setting, ExitCode.USER_ERROR, error);
      }
      return tell(
          "TensorFlow: " + error.getMessage() + "; this is a bug, " + DEBUG + " shows where.",
          ExitCode.BUG,
          error);
    }
    return tell(
        "internal: " + error + "; this is a bug, " + DEBUG + " shows where.", ExitCode.BUG, error);
  }

  /** The explanation of an error that only a setting causes, or null. */
  private static @Nullable String setting(String message) {
    if (message.contains("JIT compilation failed")) {
      return "--gpu: TensorFlow cannot compile a kernel of its own ("
          + message
          + "). './hypernet4j doctor --gpu' shows whether it finds libdevice.10.bc.";
    } else if (COMPILER.matcher(message).find()) {
      return "training.xla: XLA cannot compile this training ("
          + message
          + "). Set it to 'cell' or 'off'.";
    } else if (message.contains("Cannot assign a device for operation")) {
      return "--no-soft-placement: an op cannot run on the device that it was put on ("
          + message
          + "). Leave it out.";
    }
    return null;
  }

  private int tell(String message, int exitCode, Throwable error) {
    String line = message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    terminal.err().println("error: " + line);
    if (debug) {
      error.printStackTrace(terminal.err());
    }
    terminal.err().flush();
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("error", line);
      object.addProperty("exitCode", exitCode);
      terminal.out().println(object);
      terminal.out().flush();
    }
    return exitCode;
  }

  /** The parser's complaint with the nearest known word and where to read on. */
  private static String explain(ParameterException error) {
    CommandLine command = error.getCommandLine();
    boolean root = command.getParent() == null;
    String name = CliCommand.words(command.getCommandSpec());
    String help = "See './hypernet4j " + (root ? "" : name + " ") + "--help'.";
    if (error instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      List<String> near = unmatched.getSuggestions();
      String what =
          unmatched.isUnknownOption()
              ? "no such option"
              : command.getSubcommands().isEmpty() ? "one argument too many" : "no such command";
      return word
          + ": "
          + what
          + (root ? "" : " of '" + name + "'")
          + (near.isEmpty() || what.startsWith("one")
              ? ". "
              // the parser's order favours long words: 'translate' before 'train' for 'trian'
              : "; nearest is " + Nearest.of(word, near) + ". ")
          + help;
    }
    String message = String.valueOf(error.getMessage());
    if (error instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      ArgSpec argument = missing.getMissing().get(0);
      String needs = "needs " + argument.paramLabel();
      return name
          + ": "
          + (argument instanceof OptionSpec option ? option.longestName() + " " + needs : needs)
          + ". "
          + help;
    }
    if (error instanceof OverwrittenOptionException) {
      return name + ": " + message + ". Give it once. " + help;
    }
    return name + ": " + message + ". " + help;
  }
}
