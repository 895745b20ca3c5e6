// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The NVIDIA driver: the one part that Maven cannot bring.
 *
 * @param library whether libcuda.so.1 can be opened
 * @param ptxCompiler whether libnvidia-ptxjitcompiler.so.1 is there: the driver compiles
 *     TensorFlow's element-wise kernels for GPUs of compute capability 9.0
 * @param version {@code 550.54.14}, or null if the kernel module is not loaded
 * @param gpus a line for each GPU: name, compute capability, memory and free memory as nvidia-smi
 *     reports them; empty if it reports none
 */
public record GpuDriver(
    boolean library, boolean ptxCompiler, @Nullable String version, List<String> gpus) {
  private static final Path VERSION = Path.of("/proc/driver/nvidia/version");
  private static final Pattern NUMBER = Pattern.compile("Module.*?\\s(\\d+\\.[0-9.]+)");

  /** Copies the list. */
  public GpuDriver {
    gpus = List.copyOf(gpus);
  }

  /** Looks for the driver of this machine. */
  public static GpuDriver look() {
    return new GpuDriver(
        SystemLibraries.opens("libcuda.so.1"),
        SystemLibraries.find("libnvidia-ptxjitcompiler.so.1").isPresent(),
        version(VERSION),
        Programs.lines(
            "nvidia-smi",
            "--query-gpu=name,compute_cap,memory.total,memory.free",
            "--format=csv,noheader"));
  }

  /** Version and GPUs in a few words. */
  public String describe() {
    return "driver "
        + (version == null ? "without its kernel module" : version)
        + ", "
        + (gpus.isEmpty() ? "no GPU" : String.join("; ", gpus));
  }

  /** The version in the file of the kernel module; null if there is none. */
  public static @Nullable String version(Path file) {
    try {
      Matcher number = NUMBER.matcher(Files.readString(file, StandardCharsets.UTF_8));
      return number.find() ? number.group(1) : null;
    } catch (IOException e) {
      return null; // no NVIDIA kernel module on this machine
    }
  }
}
