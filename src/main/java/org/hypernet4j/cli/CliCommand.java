package org.hypernet4j.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command: options as fields, work in {@link #run}. */
abstract class CliCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Spec CommandSpec commandSpec;

  private @Nullable Terminal terminal;

  /** Says where to print; called before anything else. */
  void attach(Terminal destination) {
    terminal = destination;
  }

  @Override
  public final Integer call() {
    if (terminal == null) {
      throw new IllegalStateException("attach must be called first");
    }
    Report report = new Report(terminal, common.json);
    int exitCode = run(report);
    if (exitCode != ExitCode.INTERRUPTED) {
      report.end();
    }
    return exitCode;
  }

  /**
   * Does the work.
   *
   * @return an {@link ExitCode}; {@link ExitCode#INTERRUPTED} if a signal ends the process, which
   *     has had its last words then
   */
  abstract int run(Report report);

  /** The command line as it was given, with {@code more} behind it: what to type next time. */
  String again(String... more) {
    StringBuilder text = new StringBuilder("./hypernet4j");
    for (String word : commandSpec.root().commandLine().getParseResult().originalArgs()) {
      append(text, word);
    }
    for (String word : more) {
      append(text, word);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String word) {
    boolean plain = word.matches("[A-Za-z0-9_./:=@%+,-]+");
    text.append(' ').append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
  }
}
