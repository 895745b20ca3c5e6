// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hypernet4j.device.internal.GpuDriver;
import org.junit.jupiter.api.Test;

/** What doctor says of GPUs that are not here: of a driver and lines of nvidia-smi. */
class GpuCheckTest {
  private static final GpuDriver B200 =
      new GpuDriver(true, true, "570.86.15", List.of("NVIDIA B200, 10.0, 183359 MiB, 182640 MiB"));
  private static final GpuDriver H100 =
      new GpuDriver(true, true, "550.54.14", List.of("NVIDIA H100, 9.0, 81559 MiB, 81003 MiB"));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Optional<Path> libdevice = Optional.of(Path.of("libdevice.10.bc"));
  private boolean healthy;

  private String driver(boolean wanted, GpuDriver driver) {
    out.reset();
    PrintStream stream = new PrintStream(out, true, UTF_8);
    Checkup checkup = new Checkup(new Report(new Terminal(stream, stream), false));
    new GpuCheck(wanted, () -> driver, () -> libdevice).driver(checkup);
    healthy = checkup.conclude();
    return out.toString(UTF_8);
  }

  @Test
  void aGpuWithoutKernelsIsAProblemOfWhoWantsIt() {
    assertThat(driver(true, B200))
        .contains(
            "PROBLEM: TensorFlow 2.18 has no kernels for NVIDIA B200, 10.0",
            "HYPERNET4J_ANY_GPU=1");
    assertThat(healthy).isFalse();
    assertThat(driver(false, B200)).contains("advice: TensorFlow 2.18 has no kernels");
    assertThat(healthy).isTrue();
  }

  @Test
  void libdeviceThatIsMissingIsAProblemOfWhoWantsAGpu() {
    libdevice = Optional.empty();
    assertThat(driver(true, H100))
        .contains("PROBLEM: TensorFlow finds no libdevice.10.bc of a CUDA toolkit")
        .contains("Start with the launcher, which takes CUDA_HOME");
    assertThat(healthy).isFalse();
    assertThat(driver(false, H100)).doesNotContain("libdevice");
    assertThat(healthy).isTrue();
  }

  @Test
  void oneWithKernelsIsNone() {
    assertThat(driver(true, H100))
        .contains("550.54.14, with PTX compiler", "NVIDIA H100, 9.0")
        .doesNotContain("PROBLEM", "advice");
    assertThat(healthy).isTrue();
  }
}
