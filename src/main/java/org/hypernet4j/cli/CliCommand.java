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
    if (gpu() && needsGpu()) {
      Gpu.prepare(); // now: later TensorFlow has looked for its libraries in vain
    }
    String line = "stopped, '" + commandSpec.name() + "' did not come to its end";
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

  /** What is said when a signal ends the command. */
  LastWords lastWords() {
    if (lastWords == null) {
      throw new IllegalStateException("the command does not run");
    }
    return lastWords;
  }

  /**
   * Does the work.
   *
   * @return an {@link ExitCode}; {@link ExitCode#INTERRUPTED} if a signal ends the process, which
   *     has had its last words then
   */
  abstract int run(Report report);

  /** Whether {@code --gpu} was given. */
  boolean gpu() {
    return ((Root) commandSpec.root().userObject()).gpu;
  }

  /** Whether a GPU that is asked for and is not there is an error. */
  boolean needsGpu() {
    return true;
  }

  /**
   * How sessions compute.
   *
   * @throws UserError if a GPU was asked for and TensorFlow sees none
   */
  SessionOptions session(ThreadOption threads, boolean deterministic) {
    return session(threads, deterministic, new DevicesOption());
  }

  /**
   * How sessions compute, on certain devices if some were named.
   *
   * @throws UserError also if one of them is not there
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
   * To be called before a command computes. It counts only for the process of a command line, and
   * not on GPUs, which belong to the session that sees them first.
   *
   * @param configuration of the sessions that follow
   */
  void quietTensorFlow(ConfigProto configuration) {
    if (terminal != null && terminal.processOwn() && !common.debug && !gpu()) {
      NativeLog.getOver(configuration);
    }
  }

  /** The command line as it was given, with {@code more} behind it: what to type next time. */
  String again(String... more) {
    return againWithout(null, List.of(more));
  }

  /**
   * The same.
   *
   * @param option that is left out with its value, or null
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
