// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.hypernet4j.device.Gpu;
import org.hypernet4j.device.internal.CudaToolkit;
import org.hypernet4j.device.internal.GpuCapability;
import org.hypernet4j.device.internal.GpuDriver;
import org.hypernet4j.device.internal.GpuLibraries;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.error.UserError;
import org.hypernet4j.train.SessionOptions;
import org.tensorflow.exceptions.TensorFlowException;

/** Checks the parts that training on a GPU needs, one by one. */
final class GpuCheck {
  private static final int PTX_DRIVER = 545;

  private final boolean wanted;
  private final Supplier<GpuDriver> look;
  private final Supplier<Optional<Path>> libdevice;
  private boolean fit = true;

  /**
   * Creates a check.
   *
   * @param wanted whether a missing part is a problem, not just a fact
   */
  GpuCheck(boolean wanted) {
    this(wanted, GpuDriver::look, CudaToolkit::libdevice);
  }

  /** As {@link #GpuCheck(boolean)}, on another machine. */
  GpuCheck(boolean wanted, Supplier<GpuDriver> look, Supplier<Optional<Path>> libdevice) {
    this.wanted = wanted;
    this.look = look;
    this.libdevice = libdevice;
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
      if (wanted && missing.isEmpty() && !GpuLibraries.canTrace()) {
        checkup.advise(
            GpuLibraries.CUPTI
                + " is not found: bench --placement has no times of the GPU itself without it");
      }
    } catch (UserError e) {
      checkup.fact("GPU libraries", "gpuLibraries", "do not load");
      checkup.problem(e.message(OptionNames.NOTATION), "See above");
    }
  }

  /** Checks the driver and the GPUs that it reports. */
  void driver(Checkup checkup) {
    GpuDriver driver = look.get();
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
      Optional<Path> found = libdevice.get();
      checkup.fact(
          "CUDA toolkit",
          "cudaToolkit",
          CudaToolkit.find()
              .map(Path::toString)
              .or(
                  () ->
                      found.map(
                          file -> file + "; XLA finds no ptxas beside it, steps run op by op"))
              .orElse("none that TensorFlow finds"));
      if (found.isEmpty()) {
        checkup.problem(
            "TensorFlow finds no libdevice.10.bc of a CUDA toolkit to compile its kernels of sqrt,"
                + " exp, log and sigmoid with",
            capitalised(CudaToolkit.REMEDY));
      }
    }
    List<String> unfit = GpuCapability.unfit(driver.gpus());
    fit = unfit.isEmpty() || unfit.size() < driver.gpus().size() || GpuCapability.anyAllowed();
    if (wanted && !fit) {
      checkup.problem(
          GpuCapability.explain(unfit),
          "Use another GPU; " + GpuCapability.ANY_GPU + "=1 lets a training try all the same");
    } else if (!unfit.isEmpty()) {
      checkup.advise(GpuCapability.explain(unfit));
    }
    if (wanted && !driver.library()) {
      checkup.problem("there is no NVIDIA driver", "Install driver " + PTX_DRIVER + " or later");
    } else if (wanted && !driver.ptxCompiler()) {
      checkup.advise(
          "libnvidia-ptxjitcompiler.so.1 is not found: on compute capability 9.0 (H100, H200)"
              + " TensorFlow's element-wise kernels need it");
    }
  }

  private static String capitalised(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  /** Checks the GPUs that TensorFlow computes with. */
  boolean devices(Checkup checkup, SessionOptions options) {
    List<String> gpus =
        TensorFlowDevices.list(options.toProto()).stream()
            .filter(name -> name.startsWith("GPU:"))
            .toList();
    checkup.fact(
        "TensorFlow's GPUs", "gpuDevices", gpus.isEmpty() ? "none" : String.join(", ", gpus));
    if (wanted && gpus.isEmpty()) {
      String reason = Gpu.whyNone(options.toProto());
      checkup.problem(
          "TensorFlow sees no GPU" + (reason.isEmpty() ? "" : ", it reports: " + reason),
          "Mend what stands above"
              + (reason.isEmpty() ? ", or read its log with TF_CPP_MIN_LOG_LEVEL=0" : ""));
    }
    return !gpus.isEmpty();
  }

  /** Times operations on the first GPU, unless they would end the process there. */
  void speed(Checkup checkup, SessionOptions options) {
    if (!fit) {
      return;
    }
    try {
      new SpeedCheck(options, "GPU").run(checkup);
    } catch (RuntimeException e) {
      // not instanceof: some of TensorFlow's exceptions are IllegalArgumentExceptions and the like
      if (!e.getClass().getPackageName().equals(TensorFlowException.class.getPackageName())) {
        throw e;
      }
      checkup.problem(
          "the GPU does not compute: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "),
          "Compare it with nvidia-smi, and try another driver");
    }
  }
}
