// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.gson.JsonParseException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.hypernet4j.device.internal.JavaPath;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.VerificationReport;

/**
 * Runs {@link Verifier} in a JVM of its own, so that nothing which training left in this process
 * helps the model, and a native crash fails the check instead of killing this process.
 */
public final class FreshJvm {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final int SHOWN_LINES = 3;
  private static final long LARGE_BYTES = 128L << 20;
  // native libraries must be found and unpacked at the same places as here
  private static final List<String> HANDED_THROUGH =
      List.of("org.bytedeco.", "org.tensorflow.", "java.library.path", "java.io.tmpdir");

  private FreshJvm() {}

  /**
   * Verifies a model with a limit of five minutes.
   *
   * @param modelFolder the folder that holds {@code saved_model.pb}
   * @throws UserError if there is no such folder
   */
  public static VerificationReport verify(Path modelFolder) {
    return verify(modelFolder, TIMEOUT);
  }

  /** As {@link #verify(Path)}, for a model whose author is trusted, or trusted with some ops. */
  public static VerificationReport verify(Path modelFolder, ModelTrust trust) {
    Verifier.requireModelFolder(modelFolder);
    return run(modelFolder, TIMEOUT, VerifyMain.class.getName(), trust);
  }

  /**
   * Verifies a model. The process has ended when this returns, whatever happened.
   *
   * @param timeout after which the process is ended and the report has the fault {@link
   *     Fault.Kind#PROCESS}
   */
  public static VerificationReport verify(Path modelFolder, Duration timeout) {
    Verifier.requireModelFolder(modelFolder);
    return run(modelFolder, timeout, VerifyMain.class.getName());
  }

  static VerificationReport run(Path modelFolder, Duration timeout, String mainClass) {
    return run(modelFolder, timeout, mainClass, ModelTrust.NONE);
  }

  private static VerificationReport run(
      Path modelFolder, Duration timeout, String mainClass, ModelTrust trust) {
    try (TemporaryFolder talk = TemporaryFolder.make("hypernet4j-verify")) {
      return run(modelFolder, timeout, mainClass, trust, talk);
    } catch (IOException e) {
      throw UserError.in(modelFolder)
          .what("cannot be verified, a second JVM does not start")
          .received(e.getMessage())
          .next("check " + java())
          .cause(e)
          .build();
    }
  }

  private static VerificationReport run(
      Path modelFolder, Duration timeout, String mainClass, ModelTrust trust, TemporaryFolder talk)
      throws IOException {
    talk.requireRoom();
    // files, not pipes: the child would block on a full pipe
    Path out = talk.path().resolve("out");
    Path err = talk.path().resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command(modelFolder, mainClass, trust))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    // in the environment the class path may be longer than a command line
    builder.environment().put("CLASSPATH", JavaPath.asClassPath());
    builder.environment().putIfAbsent("TF_CPP_MIN_LOG_LEVEL", "2");
    Process process = builder.start();
    talk.endWithThis(process);
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return died(
            modelFolder,
            last(out),
            "the verification did not end within " + timeout.toSeconds() + " seconds");
      }
      VerificationReport report = read(modelFolder, process.exitValue(), out, err);
      if (report.faults().stream().anyMatch(fault -> fault.kind() == Fault.Kind.PROCESS)) {
        talk.requireRoom(); // a report that the process could not write is not a fault of the model
      }
      return report;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return VerificationReport.failed(
          modelFolder, Fault.Kind.PROCESS, "the verification was interrupted");
    } finally {
      end(process);
    }
  }

  /** Size of the variables' file; 0 if it cannot be determined, which the check then reports. */
  private static long bytes(Path modelFolder) {
    try {
      return Files.size(modelFolder.resolve(ModelFiles.VARIABLES_DATA));
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<String> command(Path modelFolder, String mainClass, ModelTrust trust) {
    List<String> command = new ArrayList<>();
    command.add(java());
    // a short life: the fast compiler and the simplest collector start soonest; but only the other
    // compiler knows the processor's instructions for SHA-256, ten times as fast
    if (bytes(modelFolder) < LARGE_BYTES) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-XX:+UseSerialGC");
    // newer releases of Java would write a warning to the process's error stream
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String name : System.getProperties().stringPropertyNames()) {
      if (HANDED_THROUGH.stream().anyMatch(name::startsWith)) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add(mainClass);
    command.add(VerifyMain.CHILD);
    command.addAll(VerifyMain.arguments(trust));
    command.add(modelFolder.toAbsolutePath().toString());
    return command;
  }

  private static VerificationReport read(Path modelFolder, int exit, Path out, Path err)
      throws IOException {
    String last = last(out);
    try {
      if (exit == VerifyMain.VERIFIED || exit == VerifyMain.FAULTS) {
        VerificationReport report = VerificationReport.fromJson(last);
        if (report.verified() == (exit == VerifyMain.VERIFIED)) {
          return report;
        }
      }
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      // no report: the output of the process is reported below instead
    }
    return died(
        modelFolder,
        last,
        "the verifying process ended with "
            + exit
            + ": "
            + (exit == VerifyMain.NO_MODEL && !last.isEmpty() ? last : tail(err)));
  }

  /** The findings of the process before it died or hung, and that it did. */
  private static VerificationReport died(Path modelFolder, String last, String message) {
    List<Fault> faults = new ArrayList<>();
    try {
      if (!last.isEmpty()) {
        faults.addAll(VerificationReport.fromJson(last).faults());
      }
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | NullPointerException e) {
      // a line that is not a report is ignored
    }
    faults.add(new Fault(Fault.Kind.PROCESS, message));
    return new VerificationReport(
        modelFolder, faults, List.of(), List.of(), 0, 0, VerificationReport.Timings.NONE);
  }

  /** The last line of JSON, or nothing. */
  private static String last(Path out) throws IOException {
    try (Stream<String> lines = Files.lines(out)) {
      return lines.filter(line -> line.startsWith("{")).reduce("", (a, b) -> b);
    } catch (UncheckedIOException e) {
      return ""; // not a text
    }
  }

  private static String tail(Path err) throws IOException {
    // native libraries write arbitrary bytes: invalid UTF-8 must not become an error here
    List<String> lines =
        new String(Files.readAllBytes(err), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isBlank())
            .toList();
    String text =
        String.join(" | ", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    return text.isEmpty() ? "it said nothing" : text;
  }

  private static void end(Process process) {
    process.destroyForcibly();
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String java() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    return Path.of(System.getProperty("java.home", ""), "bin", name).toString();
  }
}
