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
import org.junit.jupiter.api.io.TempDir;

/** A Java made by jlink may lack modules: what needs them says so, all else works. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MissingModulesTest {
  @TempDir Path folder;

  private int exitCode;

  /** Both streams of a command in a Java with these modules only. */
  private String run(String modules, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--limit-modules", modules, "org.hypernet4j.cli.Main"));
    command.addAll(List.of(words));
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    exitCode = builder.start().waitFor();
    return Files.readString(out);
  }

  @Test
  void doctorDoesWithoutTheOneThatKnowsTheMemory() throws Exception {
    assertThat(run("java.base,java.logging,java.management", "doctor"))
        .containsPattern("memory +heap at most \\d+ MiB; of the machine unknown")
        .contains("CPU matmul", "All that training and export need is there.");
    assertThat(exitCode).isZero();
  }

  /** The logger that TensorFlow's messages want; it is no fault of TensorFlow's library. */
  @Test
  void theOneThatIsNeededIsNamedByItsClass() throws Exception {
    assertThat(run("java.base", "bench", Cli.SPEC, "--steps", "2"))
        .contains("error: Java: this runtime has no class java.util.logging.Logger")
        .doesNotContain("native library");
    assertThat(exitCode).isEqualTo(2);
  }

  @Test
  void whatIsMissingIsToldFromWhatDoesNotLoad() {
    assertThat(MissingClass.explain(new NoClassDefFoundError("java/awt/image/BufferedImage")))
        .contains("this runtime has no class java.awt.image.BufferedImage", "java.desktop");
    assertThat(MissingClass.explain(new NoClassDefFoundError("org/knowm/xchart/XYChart")))
        .contains("class path: no class org.knowm.xchart.XYChart");
    // what the JVM says of a class whose initializer has failed before
    LinkageError again =
        new NoClassDefFoundError("Could not initialize class com.google.protobuf.TextFormat");
    again.initCause(
        new ExceptionInInitializerError(
            "Exception java.lang.NoClassDefFoundError: java/util/logging/Logger [in thread"
                + " \"main\"]"));
    assertThat(MissingClass.explain(again)).contains("no class java.util.logging.Logger");

    assertThat(
            MissingClass.explain(
                new UnsatisfiedLinkError("/tmp/libjnitensorflow.so: no such file or directory")))
        .isNull();
    assertThat(
            MissingClass.explain(
                new NoClassDefFoundError("Could not initialize class org.tensorflow.TensorFlow")))
        .isNull();
  }
}
