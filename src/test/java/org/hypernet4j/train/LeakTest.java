// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory of 1,000 training steps and of 1,000 predictions. The heap of the child is touched
 * as a whole at its start and JavaCPP's collector is off, so that the process grows by what nobody
 * closed and by nothing else: one forgotten input would cost 100 MB.
 */
class LeakTest {
  private static final long BOUND_KIB = 20 * 1024;

  @TempDir Path folder;

  @Test
  void trainingAndPredictionKeepNativeMemoryLevel() throws Exception {
    Map<String, Long> growth = grow();
    assertThat(growth).containsOnlyKeys("training", "prediction");
    assertThat(growth.values()).allSatisfy(kib -> assertThat(kib).isLessThan(BOUND_KIB));
  }

  /** The measurement itself: one open tensor of 100 KB a step is seen. */
  @Test
  void oneOpenTensorAStepWouldBeSeen() throws Exception {
    assertThat(Objects.requireNonNull(grow(LeakMain.LEAK).get("training")))
        .isGreaterThan(3 * BOUND_KIB);
  }

  private Map<String, Long> grow(String... arguments) throws IOException, InterruptedException {
    assumeTrue(
        Files.isReadable(Path.of("/proc/self/status")),
        "resident memory is read from /proc, which only Linux has");
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                LeakMain.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("the child ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readAllLines(out).stream()
        .map(line -> line.split(" "))
        .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1])));
  }
}
