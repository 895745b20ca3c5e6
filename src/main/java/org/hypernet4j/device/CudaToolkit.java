package org.hypernet4j.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's CUDA toolkit, of which XLA needs two parts on a GPU that the Maven profile does not
 * bring: libdevice and ptxas. Everything else runs without.
 */
public final class CudaToolkit {
  private CudaToolkit() {}

  /** The folder of a toolkit that is installed: CUDA_HOME, CUDA_PATH or where it is by custom. */
  public static Optional<Path> find() {
    return Stream.of(
            System.getenv("CUDA_HOME"), System.getenv("CUDA_PATH"), "/usr/local/cuda", "/opt/cuda")
        .filter(Objects::nonNull)
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .filter(CudaToolkit::isComplete)
        .findFirst();
  }

  static boolean isComplete(Path folder) {
    return Files.isRegularFile(folder.resolve("nvvm/libdevice/libdevice.10.bc"))
        && Files.isExecutable(folder.resolve("bin/ptxas"));
  }
}
