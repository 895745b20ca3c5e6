// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.device.Gpu;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.SessionOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command: options as fields, work in {@link #run}. */
abstract class CliCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Spec CommandSpec commandSpec;

  private @Nullable Terminal terminal;
  private @Nullable LastWords lastWords;

  /** Sets the terminal to print on; called before anything else. */
  void attach(Terminal destination) {
    terminal = destination;
  }

  @Override
  public final Integer call() {
    if (terminal == null) {
      throw new IllegalStateException("attach must be called first");
    }
    Report report = new Report(terminal, common.json);
    if (gpu() && needsGpu()) {
      Gpu.prepare(); // now: later TensorFlow has already searched for its libraries
    }
    String line = "stopped, '" + words(commandSpec) + "' did not come to its end";
    try (LastWords words = LastWords.of(report, line)) {
      lastWords = words;
      return run(report, words);
    }
  }

  private int run(Report report, LastWords words) {
    int exitCode;
    try {
      exitCode = run(report);
    } catch (RuntimeException | Error e) {
      if (words.finish()) {
        throw e;
      }
      return ExitCode.INTERRUPTED;
    }
    if (exitCode == ExitCode.INTERRUPTED || !words.finish()) {
      return ExitCode.INTERRUPTED;
    }
    report.end();
    return exitCode;
  }

  /** The line that is printed when a signal ends the command. */
  LastWords lastWords() {
    if (lastWords == null) {
      throw new IllegalStateException("the command does not run");
    }
    return lastWords;
  }

  /** The commands below this one, such as {@code train} of {@code vocabulary}; mostly none. */
  List<CliCommand> actions() {
    return List.of();
  }

  /** The words that call a command: {@code vocabulary train}. */
  static String words(CommandSpec spec) {
    CommandSpec parent = spec.parent();
    boolean first = parent == null || parent.parent() == null;
    return first ? spec.name() : words(parent) + " " + spec.name();
  }

  /**
   * Runs the command.
   *
   * @return an {@link ExitCode}; {@link ExitCode#INTERRUPTED} if a signal ends the process, whose
   *     last line is printed by then
   */
  abstract int run(Report report);

  /** Whether {@code --gpu} was given. */
  boolean gpu() {
    return ((Root) commandSpec.root().userObject()).gpu;
  }

  /** Whether it is an error if a requested GPU is missing. */
  boolean needsGpu() {
    return true;
  }

  /**
   * The options of sessions.
   *
   * @throws UserError if a GPU was requested and TensorFlow finds none
   */
  SessionOptions session(ThreadOption threads, boolean deterministic) {
    return session(threads, deterministic, new DevicesOption());
  }

  /**
   * The options of sessions, on certain devices if some were named.
   *
   * @throws UserError as {@link #session(ThreadOption, boolean)}, and if a named device does not
   *     exist
   */
  SessionOptions session(ThreadOption threads, boolean deterministic, DevicesOption option) {
    ComputeDevices devices = option.read(gpu());
    SessionOptions options =
        new SessionOptions(threads.threads, deterministic, gpu(), devices, !option.noSoftPlacement);
    quietTensorFlow(options.toProto());
    if (devices != null) {
      devices.require(options.toProto());
    }
    if (gpu()) {
      Gpu.require(options.toProto());
    }
    return options;
  }

  /**
   * Keeps TensorFlow's first lines of log from the terminal; called before a command computes. It
   * applies only to the process of a command line, and not on GPUs, which belong to the session
   * that uses them first.
   *
   * @param configuration of the sessions that follow
   */
  void quietTensorFlow(ConfigProto configuration) {
    if (terminal != null && terminal.processOwn() && !common.debug && !gpu()) {
      NativeLog.getOver(configuration);
    }
  }

  /** The command line as it was given, with {@code more} after it: the line to type next time. */
  String again(String... more) {
    return againWithout(null, List.of(more));
  }

  /**
   * As {@link #again}, without one of the options.
   *
   * @param option the option that is left out with its value, or null
   */
  String againWithout(@Nullable String option, List<String> more) {
    StringBuilder text = new StringBuilder("./hypernet4j");
    boolean value = false;
    for (String word : commandSpec.root().commandLine().getParseResult().originalArgs()) {
      boolean isOption = option != null && (word + "=").startsWith(option + "=");
      if (!isOption && !value) {
        append(text, word);
      }
      value = isOption && word.equals(option);
    }
    more.forEach(word -> append(text, word));
    return text.toString();
  }

  private static void append(StringBuilder text, String word) {
    boolean plain = word.matches("[A-Za-z0-9_./:=@%+,-]+");
    text.append(' ').append(plain ? word : "'" + word.replace("'", "'\\''") + "'");
  }
}
