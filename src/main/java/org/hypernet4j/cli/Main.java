// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.export.LibraryVersion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.TypeConversionException;

/**
 * The entry point of the command line.
 *
 * <p>Exit codes: 0 all went well; 1 a verification or check failed; 2 the user's input cannot be
 * used, as one line explains; 70 a bug of ours; 128 + n ended by signal n.
 */
public final class Main {
  private Main() {}

  private static List<CliCommand> commands() {
    return List.of(
        new TrainCommand(),
        new InspectCommand(),
        new ExportCommand(),
        new VerifyCommand(),
        new PublishCommand(),
        new ServeCommand(),
        new ImportCommand(),
        new GenerateCommand(),
        new DrawCommand(),
        new ScoreCommand(),
        new TranslateCommand(),
        new VocabularyCommand(),
        new VisualiseCommand(),
        new CurvesCommand(),
        new ReportCommand(),
        new CompareCommand(),
        new DoctorCommand(),
        new BenchCommand(),
        new CompletionCommand(),
        new ManCommand(),
        new VersionCommand());
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    // What a library prints on standard output would spoil the one line that --json promises.
    System.setOut(System.err);
    configureLogging(Arrays.asList(args).contains("--debug"));
    System.exit(run(args, terminal));
  }

  /**
   * Runs a command in this process.
   *
   * @param out standard output of the command
   * @param err standard error of the command
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Terminal(out, err));
  }

  private static int run(String[] args, Terminal terminal) {
    ErrorReport errors = new ErrorReport(terminal, args);
    CommandLine root = new CommandLine(new Root());
    root.getCommandSpec().version("Hypernet4J " + LibraryVersion.current());
    root.addSubcommand(new HelpCommand());
    add(root, commands(), terminal);
    root.registerConverter(Path.class, Main::path);
    root.setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setUsageHelpWidth(HelpWidth.of(terminal))
        .setExecutionExceptionHandler((error, command, parsed) -> errors.of(error))
        .setParameterExceptionHandler(parameterErrors(errors));
    try {
      return root.execute(args);
    } catch (Error e) { // picocli passes exceptions, but no errors, to the handler above
      return errors.of(e);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private static void add(CommandLine parent, List<CliCommand> commands, Terminal terminal) {
    for (CliCommand command : commands) {
      command.attach(terminal);
      CommandLine line = new CommandLine(command);
      add(line, command.actions(), terminal);
      parent.addSubcommand(line);
    }
  }

  private static IParameterExceptionHandler parameterErrors(ErrorReport errors) {
    return (error, args) -> errors.of(error);
  }

  /** Path.of("") is the working directory, which an empty argument does not mean. */
  private static Path path(String text) {
    if (text.isBlank()) {
      throw new TypeConversionException("an empty path; expected the path of a file or a folder");
    }
    return Path.of(text);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Must run before the first logger is created. The user's own -D settings win. */
  private static void configureLogging(boolean debug) {
    String prefix = "org.slf4j.simpleLogger.";
    setDefault(prefix + "defaultLogLevel", debug ? "debug" : "warn");
    setDefault(prefix + "logFile", "System.err");
    setDefault(prefix + "showThreadName", "false");
    setDefault(prefix + "showLogName", Boolean.toString(debug));
    setDefault(prefix + "showShortLogName", "false");
    setDefault(prefix + "warnLevelString", "warning:");
  }

  private static void setDefault(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
