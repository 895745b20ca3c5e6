package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.device.CudaToolkit;
import org.hypernet4j.device.GpuDriver;
import org.hypernet4j.device.GpuLibraries;
import org.hypernet4j.device.TensorFlowDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.SessionOptions;

/** What training on a GPU needs, part by part. */
final class GpuCheck {
  private static final int PTX_DRIVER = 545;

  private final boolean wanted;

  /**
   * A check.
   *
   * @param wanted whether a part that is missing is a problem, not just a fact
   */
  GpuCheck(boolean wanted) {
    this.wanted = wanted;
  }

  /** Opens the libraries; must run before TensorFlow's first class is used. */
  void libraries(Checkup checkup) {
    try {
      List<String> loaded = GpuLibraries.preload();
      List<String> missing = GpuLibraries.missing();
      checkup.fact(
          "GPU libraries",
          "gpuLibraries",
          loaded.size()
              + " opened from the class path"
              + (missing.isEmpty()
                  ? ", none missing"
                  : ", not found: " + String.join(", ", missing)));
      if (wanted && !GpuLibraries.tensorFlowIsGpuBuild()) {
        checkup.problem(
            "the class path holds TensorFlow's build for CPUs",
            "Use ./hypernet4j --gpu, or build with mvn -Pgpu");
      } else if (wanted && !missing.isEmpty()) {
        checkup.problem("GPU libraries are missing", "Build with mvn -Pgpu, which brings them");
      }
    } catch (UserError e) {
      checkup.fact("GPU libraries", "gpuLibraries", "do not load");
      checkup.problem(String.valueOf(e.getMessage()), "See above");
    }
  }

  /** The driver and what it says of the GPUs. */
  void driver(Checkup checkup) {
    GpuDriver driver = GpuDriver.look();
    checkup.fact(
        "NVIDIA driver",
        "gpuDriver",
        driver.library() || driver.version() != null
            ? (driver.version() == null ? "of unknown version" : driver.version())
                + (driver.library() ? "" : ", but libcuda.so.1 is not found")
                + (driver.ptxCompiler() ? ", with PTX compiler" : ", without PTX compiler")
            : "none");
    if (!driver.gpus().isEmpty()) {
      checkup.fact(
          "GPU", "gpu", String.join("; ", driver.gpus()) + " (compute capability, memory, free)");
    }
    if (wanted) {
      checkup.fact(
          "CUDA toolkit",
          "cudaToolkit",
          CudaToolkit.find()
              .map(Path::toString)
              .orElse("none; only XLA needs one, for libdevice and ptxas"));
    }
    if (wanted && !driver.library()) {
      checkup.problem("there is no NVIDIA driver", "Install driver " + PTX_DRIVER + " or later");
    } else if (wanted && !driver.ptxCompiler()) {
      checkup.advise(
          "libnvidia-ptxjitcompiler.so.1 is not found: on compute capability 9.0 (H100, H200)"
              + " TensorFlow's element-wise kernels need it");
    }
  }

  /** The GPUs that TensorFlow computes with. */
  boolean devices(Checkup checkup, SessionOptions options) {
    List<String> gpus =
        TensorFlowDevices.list(options.toProto()).stream()
            .filter(name -> name.startsWith("GPU:"))
            .toList();
    checkup.fact(
        "TensorFlow's GPUs", "gpuDevices", gpus.isEmpty() ? "none" : String.join(", ", gpus));
    if (wanted && gpus.isEmpty()) {
      checkup.problem(
          "TensorFlow sees no GPU",
          "Mend what stands above, or read its own words with TF_CPP_MIN_LOG_LEVEL=0");
    }
    return !gpus.isEmpty();
  }
}
