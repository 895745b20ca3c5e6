package org.hypernet4j.device;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.tensorflow.proto.ConfigProto;

/**
 * Training on a GPU is asked for, never guessed: whoever asks gets a GPU, or an error that says
 * which part is missing.
 *
 * <pre>{@code
 * Gpu.prepare(); // before TensorFlow's first class
 * List<String> devices = Gpu.require(options.toProto());
 * }</pre>
 */
public final class Gpu {
  private static final String WHERE = "--gpu";

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

  static void require(Supplier<GpuDriver> look, String system, boolean gpuBuild) {
    if (!system.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
      throw UserError.in(WHERE)
          .what("TensorFlow Java has GPU libraries for one system only")
          .expected("Linux on x86-64 with an NVIDIA GPU")
          .received(system)
          .next("leave --gpu out to train on the CPU")
          .build();
    }
    if (!gpuBuild) {
      throw UserError.in(WHERE)
          .what("the class path holds TensorFlow's build for CPUs")
          .expected("tensorflow-core-native with the classifier linux-x86_64-gpu")
          .next("use ./hypernet4j --gpu, or build with mvn -Pgpu")
          .build();
    }
    GpuLibraries.preload();
    List<String> missing = GpuLibraries.missing();
    if (!missing.isEmpty()) {
      throw UserError.in(WHERE)
          .what("GPU libraries are missing")
          .expected("CUDA 12 and cuDNN 9, which the Maven profile gpu brings")
          .received("no " + String.join(", no ", missing))
          .next("use ./hypernet4j --gpu, or build with mvn -Pgpu")
          .build();
    }
    GpuDriver driver = look.get();
    if (!driver.library()) {
      throw UserError.in(WHERE)
          .what("there is no NVIDIA driver")
          .expected("libcuda.so.1, of driver 545 or later")
          .received("all " + GpuLibraries.preload().size() + " libraries opened, no driver")
          .next("install the driver, or leave --gpu out to train on the CPU")
          .build();
    }
  }

  /**
   * The GPUs that TensorFlow has registered, {@code GPU:0} and so on.
   *
   * @param options those of all sessions that follow
   * @throws UserError if there is none
   */
  public static List<String> require(ConfigProto options) {
    List<String> gpus =
        TensorFlowDevices.list(options).stream().filter(name -> name.startsWith("GPU:")).toList();
    if (gpus.isEmpty()) {
      GpuDriver driver = GpuDriver.look();
      throw UserError.in(WHERE)
          .what("TensorFlow sees no GPU")
          .expected("a GPU of compute capability 6.0 to 9.0 that this process may use")
          .received(
              "driver "
                  + (driver.version() == null ? "without its kernel module" : driver.version())
                  + ", "
                  + (driver.gpus().isEmpty() ? "no GPU" : String.join("; ", driver.gpus())))
          .next(
              "try nvidia-smi, look at CUDA_VISIBLE_DEVICES, or set TF_CPP_MIN_LOG_LEVEL=0 to"
                  + " read TensorFlow's own words")
          .build();
    }
    return gpus;
  }
}
