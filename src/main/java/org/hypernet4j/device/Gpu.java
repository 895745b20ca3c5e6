// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.hypernet4j.device.internal.CudaToolkit;
import org.hypernet4j.device.internal.GpuCapability;
import org.hypernet4j.device.internal.GpuDriver;
import org.hypernet4j.device.internal.GpuLibraries;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.device.internal.TensorFlowWords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.ConfigProto;

/**
 * Prepares training on a GPU. A GPU is used on request only; if it cannot be used, an error names
 * the part that is missing.
 *
 * <pre>{@code
 * Gpu.prepare(); // before TensorFlow's first class
 * List<String> devices = Gpu.require(options.toProto());
 * }</pre>
 */
public final class Gpu {
  private static final Logger LOG = LoggerFactory.getLogger(Gpu.class);
  private static final Setting WHERE = Setting.of("gpu");

  /** The setting that puts TensorFlow's build for GPUs on the class path. */
  private static final Setting WITH_GPU = Setting.command("launcher", "gpu");

  private Gpu() {}

  /**
   * Loads the libraries and looks for the driver; must run before the first class of TensorFlow is
   * used.
   *
   * @throws UserError if something that a GPU needs is missing
   */
  public static void prepare() {
    require(
        GpuDriver::look,
        System.getProperty("os.name", "") + " " + System.getProperty("os.arch", ""),
        GpuLibraries.tensorFlowIsGpuBuild());
  }

  /** As {@link #prepare}, for a given driver and system. */
  public static void require(Supplier<GpuDriver> look, String system, boolean gpuBuild) {
    if (!system.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
      throw UserError.in(WHERE)
          .what("TensorFlow Java has GPU libraries for one system only")
          .expected("Linux on x86-64 with an NVIDIA GPU")
          .received(system)
          .next("leave " + WHERE + " out to train on the CPU")
          .build();
    }
    if (!gpuBuild) {
      throw UserError.in(WHERE)
          .what("the class path holds TensorFlow's build for CPUs")
          .expected("tensorflow-core-native with the classifier linux-x86_64-gpu")
          .next("use " + WITH_GPU + ", or build with mvn -Pgpu")
          .build();
    }
    GpuLibraries.preload();
    List<String> missing = GpuLibraries.missing();
    if (!missing.isEmpty()) {
      throw UserError.in(WHERE)
          .what("GPU libraries are missing")
          .expected("CUDA 12 and cuDNN 9, which the Maven profile gpu brings")
          .received("no " + String.join(", no ", missing))
          .next("use " + WITH_GPU + ", or build with mvn -Pgpu")
          .build();
    }
    GpuDriver driver = look.get();
    if (!driver.library()) {
      throw UserError.in(WHERE)
          .what("there is no NVIDIA driver")
          .expected("libcuda.so.1, of driver 545 or later")
          .received("all " + GpuLibraries.preload().size() + " libraries opened, no driver")
          .next("install the driver, or leave " + WHERE + " out to train on the CPU")
          .build();
    }
    requireLibdevice(CudaToolkit.libdevice());
    requireFit(driver.gpus(), GpuCapability.anyAllowed());
  }

  /**
   * Checks that TensorFlow finds what it compiles a part of its kernels with: without, the first
   * step of a training would fail.
   */
  public static void requireLibdevice(Optional<Path> libdevice) {
    if (libdevice.isPresent()) {
      return;
    }
    throw UserError.in(WHERE)
        .what("TensorFlow cannot compile its kernels of sqrt, exp, log and sigmoid")
        .expected("libdevice.10.bc of a CUDA toolkit")
        .received("none that TensorFlow finds")
        .next(CudaToolkit.REMEDY)
        .build();
  }

  /**
   * Checks that TensorFlow has kernels for a GPU before a training begins. One suitable GPU is
   * enough, because it is not known here which of several TensorFlow will use.
   */
  public static void requireFit(List<String> gpus, boolean anyAllowed) {
    List<String> unfit = GpuCapability.unfit(gpus);
    if (unfit.isEmpty()) {
      return;
    }
    if (anyAllowed || unfit.size() < gpus.size()) {
      LOG.warn("{}", GpuCapability.explain(unfit));
      return;
    }
    throw UserError.in(WHERE)
        .what("TensorFlow 2.18 has no kernels for this GPU")
        .expected(GpuCapability.EXPECTED)
        .received(String.join("; ", unfit))
        .next(
            "use another GPU, leave "
                + WHERE
                + " out to train on the CPU, or set "
                + GpuCapability.ANY_GPU
                + "=1 to try")
        .build();
  }

  /**
   * The GPUs that TensorFlow has registered, {@code GPU:0} and so on.
   *
   * @param options those of all sessions that follow
   * @throws UserError if there is none
   */
  public static List<String> require(ConfigProto options) {
    return require(TensorFlowDevices.refusal(options), GpuDriver::look, TensorFlowWords::ask);
  }

  /**
   * As {@link #require(ConfigProto)}, for given answers of TensorFlow.
   *
   * @param refusal TensorFlow's error for an op on a device that does not exist
   * @param words reads the reasons from its log
   */
  public static List<String> require(
      String refusal, Supplier<GpuDriver> look, Supplier<List<String>> words) {
    List<String> gpus = gpus(refusal);
    if (gpus.isEmpty()) {
      String reason = whyNone(refusal, words);
      throw UserError.in(WHERE)
          .what("TensorFlow sees no GPU" + (reason.isEmpty() ? "" : ", it reports: " + reason))
          .expected("a GPU of compute capability 6.0 to 9.0 that this process may use")
          .received(look.get().describe())
          .next(
              "try nvidia-smi, look at CUDA_VISIBLE_DEVICES"
                  + (reason.isEmpty()
                      ? ", or set TF_CPP_MIN_LOG_LEVEL=0 to read TensorFlow's own words"
                      : ", and see " + Setting.command("doctor", "gpu")))
          .build();
    }
    return gpus;
  }

  private static List<String> gpus(String refusal) {
    return TensorFlowDevices.names(refusal).stream()
        .filter(name -> name.startsWith("GPU:"))
        .toList();
  }

  /**
   * The reason why TensorFlow sees no GPU, in its own words.
   *
   * @param options those of all sessions
   * @return empty if it sees one, or names no reason
   */
  public static String whyNone(ConfigProto options) {
    String refusal = TensorFlowDevices.refusal(options);
    return gpus(refusal).isEmpty() ? whyNone(refusal, TensorFlowWords::ask) : "";
  }

  private static String whyNone(String refusal, Supplier<List<String>> words) {
    // either it has reported an error and registered no device at all, or it runs without
    return TensorFlowDevices.made(refusal)
        ? String.join("; ", words.get())
        : refusal.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
