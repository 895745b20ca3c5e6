// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hypernet4j.device.internal.GpuDriver;
import org.hypernet4j.device.internal.GpuLibraries;
import org.hypernet4j.device.internal.SystemLibraries;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.ConfigProto;

/** What is said of a machine without a GPU; tests run with TensorFlow's build for CPUs. */
class GpuTest {
  private static final GpuDriver NO_DRIVER = new GpuDriver(false, false, null, List.of());

  @TempDir Path folder;

  @Test
  void namesTheSystemThatHasNoLibraries() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.require(() -> NO_DRIVER, "Mac OS X aarch64", true))
        .withMessageStartingWith("gpu: TensorFlow Java has GPU libraries for one system only")
        .withMessageContaining("received Mac OS X aarch64");
  }

  @Test
  void namesTheBuildForCpus() {
    assertThat(GpuLibraries.tensorFlowIsGpuBuild()).isFalse();
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.require(() -> NO_DRIVER, "Linux amd64", false))
        .withMessageContaining("the class path holds TensorFlow's build for CPUs")
        .withMessageContaining("'launcher gpu'");
  }

  @Test
  void namesTheLibrariesThatAreNotThere() {
    assumeThat(GpuLibraries.missing()).as("this machine has CUDA installed").isNotEmpty();

    assertThat(GpuLibraries.preload()).isEmpty();
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.require(() -> NO_DRIVER, "Linux amd64", true))
        .withMessageContaining("GPU libraries are missing")
        .withMessageContaining("no libcudart.so.12");
  }

  /**
   * Without it the first step of a training ended, on an H200, with "libdevice not found at
   * ./libdevice.10.bc" and "JIT compilation failed" of {@code optimizer/adam/Sqrt}.
   */
  @Test
  void namesLibdeviceBeforeATrainingBegins() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.requireLibdevice(Optional.empty()))
        .withMessageStartingWith("gpu: TensorFlow cannot compile its kernels of sqrt, exp")
        .withMessageContaining("expected libdevice.10.bc of a CUDA toolkit")
        .withMessageContaining("mvn -Pcuda-nvcc initialize");
    assertThatCode(() -> Gpu.requireLibdevice(Optional.of(Path.of("libdevice.10.bc"))))
        .doesNotThrowAnyException();
  }

  @Test
  void findsTheLibrariesOfTheSystem() {
    assertThat(SystemLibraries.opens("libc.so.6")).isTrue();
    assertThat(SystemLibraries.opens("libno-such-thing.so.1")).isFalse();
  }

  /** Lines as ldconfig prints them on a machine that has 32-bit libraries too. */
  @Test
  void readsTheCacheOfTheLoader() {
    List<String> lines =
        List.of(
            "1034 libs found in cache `/etc/ld.so.cache'",
            "\tlibcuda.so.1 (libc6) => /lib/i386-linux-gnu/libcuda.so.1",
            "\tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1",
            "\tlibcuda.so (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so");

    assertThat(SystemLibraries.inCache("libcuda.so.1", lines))
        .contains(Path.of("/lib/x86_64-linux-gnu/libcuda.so.1"));
    assertThat(SystemLibraries.inCache("libcudart.so.12", lines)).isEmpty();
  }

  @Test
  void asksTensorFlowForItsDevices() {
    List<String> devices = TensorFlowDevices.list(ConfigProto.getDefaultInstance());

    assertThat(devices).contains("CPU:0").noneMatch(name -> name.startsWith("GPU"));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.require(ConfigProto.getDefaultInstance()))
        .withMessageContaining("TensorFlow sees no GPU");
  }

  /** Words of TensorFlow 2.18 on a machine with two cards. */
  @Test
  void readsTheNamesInTensorFlowsRefusal() {
    assertThat(
            TensorFlowDevices.names(
                "Cannot assign a device for operation nowhere: {{node nowhere}} was explicitly"
                    + " assigned to /device:CPU:1048576 but available devices are ["
                    + " /job:localhost/replica:0/task:0/device:CPU:0,"
                    + " /job:localhost/replica:0/task:0/device:GPU:0,"
                    + " /job:localhost/replica:0/task:0/device:GPU:1 ]. Make sure the device"
                    + " specification refers to a valid device."))
        .containsExactly("CPU:0", "GPU:0", "GPU:1");
  }

  @Test
  void readsTheVersionOfTheKernelModule() throws IOException {
    Path file = folder.resolve("version");
    Files.writeString(
        file,
        """
        NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024
        GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)
        """);
    assertThat(GpuDriver.version(file)).isEqualTo("550.54.14");
    Files.writeString(
        file,
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\n");
    assertThat(GpuDriver.version(file)).isEqualTo("570.86.15");
    assertThat(GpuDriver.version(folder.resolve("none"))).isNull();
  }
}
