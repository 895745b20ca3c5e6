// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.hypernet4j.fixtures.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What native code writes to standard error reaches the user only where it concerns him. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere TensorFlow's lines are shown")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NativeLogTest {
  @TempDir Path folder;

  /** Standard error of {@code bench}, which computes at once. */
  private String err(String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("org.hypernet4j.cli.Main", "bench", Cli.SPEC, "--steps", "2"));
    command.addAll(List.of(more));
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(err.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    assertThat(builder.start().waitFor()).as(Files.readString(err)).isZero();
    return Files.readString(err);
  }

  @Test
  void nothingOfTensorFlowsOwnIsShownUnlessAskedFor() throws Exception {
    assertThat(err()).isEmpty();
    assertThat(err("--debug")).contains("absl::InitializeLog", "MLIR V1");
  }

  /** What comes after the first computation goes where it always went. */
  @Test
  void standardErrorIsThereAgain() throws Exception {
    Path missing = folder.resolve("missing");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.hypernet4j.cli.Main",
            "export",
            missing.toString());
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(Files.readString(err)).startsWith("error: " + missing).hasLineCount(1);
  }
}
