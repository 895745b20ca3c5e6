// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.LibraryVersion;

/** Checks Java, operating system, processor, memory and folders. */
final class MachineCheck {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  // the instruction sets by which TensorFlow chooses its kernels
  private static final List<String> VECTOR_FEATURES =
      List.of("avx", "avx2", "fma", "avx512f", "avx512_vnni", "amx_bf16", "asimd", "sve");
  private static final long MIB = 1 << 20;
  private static final long ENOUGH_HEAP_MIB = 512;

  private MachineCheck() {}

  static void run(Checkup checkup) {
    checkup.fact("Hypernet4J", "hypernet4j", LibraryVersion.current());
    checkup.fact(
        "Java",
        "java",
        System.getProperty("java.version", "?") + ", " + System.getProperty("java.vm.name", "?"));
    checkup.fact(
        "system",
        "system",
        String.join(
            " ",
            System.getProperty("os.name", "?"),
            System.getProperty("os.version", "?"),
            System.getProperty("os.arch", "?")));
    int cores = Runtime.getRuntime().availableProcessors();
    Set<String> features = cpuFeatures();
    checkup.fact(
        "processor",
        "processor",
        (cores == 1 ? "1 core" : cores + " cores")
            + (features.isEmpty() ? "" : ", " + String.join(" ", features)));
    checkup.report().put("cores", cores);
    memory(checkup);
  }

  private static Set<String> cpuFeatures() {
    Set<String> features = new TreeSet<>();
    if (Files.isReadable(CPU_INFO)) {
      try (Stream<String> lines = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
        lines
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .limit(1)
            .flatMap(line -> Arrays.stream(line.split("\\s+")))
            .filter(VECTOR_FEATURES::contains)
            .forEach(features::add);
      } catch (IOException e) {
        return features; // a machine without this file works as well
      }
    }
    return features;
  }

  private static void memory(Checkup checkup) {
    long heap = Runtime.getRuntime().maxMemory() / MIB;
    String text = "heap at most " + heap + " MiB";
    MachineMemory machine = MachineMemory.look();
    if (machine == null) {
      text += "; of the machine unknown, this Java lacks the module jdk.management";
    } else {
      text += "; machine " + machine.totalMib() + " MiB, " + machine.freeMib() + " MiB free";
      checkup.report().put("memoryMiB", machine.totalMib()).put("freeMemoryMiB", machine.freeMib());
    }
    checkup.fact("memory", "memory", text);
    checkup.report().put("heapMiB", heap);
    if (heap < ENOUGH_HEAP_MIB) {
      checkup.advise("give Java more heap for large data, HYPERNET4J_JAVA_OPTS=-Xmx2g for example");
    }
  }

  /** Checks that the folders that commands write to by default can be written to. */
  static void folders(Checkup checkup) {
    for (String folder : List.of("runs", "export/models")) {
      try {
        Writable.requireFolder(folder, Path.of(folder));
        checkup.fact("folder", "folder." + folder, folder + " can be written to");
      } catch (UserError e) {
        checkup.fact("folder", "folder." + folder, folder + " cannot be written to");
        checkup.problem(
            String.valueOf(e.getMessage()), "Or name other folders with --runs and --export-dir");
      }
    }
  }
}
