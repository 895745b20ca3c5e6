// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.device.Gpu;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Why TensorFlow sees no GPU is told in its own words; all logs here are of TensorFlow 2.18. */
class TensorFlowWordsTest {
  private static final GpuDriver DRIVER = new GpuDriver(true, true, "550.54.14", List.of());

  /** What its GPU build writes on a machine without a driver. */
  private static final List<String> NO_DRIVER =
      """
      2026-11-27 13:37:51.859862: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
      2026-11-27 13:37:52.007453: E external/local_xla/xla/stream_executor/cuda/cuda_fft.cc:477] Unable to register cuFFT factory: Attempting to register factory for plugin cuFFT when one has already been registered
      WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
      E0000 00:00:1795786672.122911   15656 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered
      2026-11-27 13:37:53.789056: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.
      2026-11-27 13:37:53.789903: E external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:152] failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR (303)
      I0000 00:00:1795786673.945459   15656 mlir_graph_optimization_pass.cc:401] MLIR V1 optimization pass is not enabled
      """
          .lines()
          .toList();

  private static final String CPU_ONLY =
      "Cannot assign a device for operation nowhere: {{node nowhere}} was explicitly assigned to"
          + " /device:CPU:1048576 but available devices are ["
          + " /job:localhost/replica:0/task:0/device:CPU:0 ]. Make sure the device specification"
          + " refers to a valid device.";

  @Test
  void onlyWhatTellsOfTheGpuIsTaken() {
    assertThat(TensorFlowWords.ofLog(NO_DRIVER))
        .containsExactly(
            "failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: UNKNOWN ERROR"
                + " (303)");
    assertThat(TensorFlowWords.ofLog(List.of("", "java.lang.Error: no TensorFlow"))).isEmpty();
  }

  /** Levels of both its logs; the same words twice are said once, and few of many. */
  @Test
  void warningsAndIgnoredGpusAreTaken() {
    String ignored =
        "Ignoring visible gpu device (device: 0, name: Tesla K80, pci bus id: 0000:00:04.0,"
            + " compute capability: 3.7) with compute capability 3.7. The minimum required Cuda"
            + " capability is 6.0.";
    String dlopen = "Cannot dlopen some GPU libraries. Skipping registering GPU devices...";
    List<String> log =
        List.of(
            "2026-11-27 13:00:00.1: I tensorflow/core/common_runtime/gpu/gpu_device.cc:2306] "
                + ignored,
            "W0000 00:00:1795786672.1 15656 gpu_device.cc:2344] " + dlopen,
            "W0000 00:00:1795786672.2 15656 gpu_device.cc:2344] " + dlopen);
    assertThat(TensorFlowWords.ofLog(log)).containsExactly(ignored, dlopen);
    assertThat(
            TensorFlowWords.ofLog(
                Stream.of("1", "2", "3", "4").map(n -> "E0 x.cc:1] cuda " + n).toList()))
        .containsExactly("cuda 1", "cuda 2", "cuda 3");
  }

  /** Seen with a driver that opens and answers no call of CUDA's run-time library. */
  @Test
  void anErrorThatKeptTensorFlowFromMakingDevicesIsTheReason() {
    String refusal =
        "cudaGetDevice() failed. Status: API call is not supported in the installed CUDA driver";
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(
            () ->
                Gpu.require(
                    refusal,
                    () -> DRIVER,
                    () -> {
                      throw new AssertionError("the error has told enough");
                    }))
        .withMessage(
            "gpu: TensorFlow sees no GPU, it reports: "
                + refusal
                + "; expected a GPU of compute capability 6.0 to 9.0 that this process may use,"
                + " received driver 550.54.14, no GPU. Try nvidia-smi, look at"
                + " CUDA_VISIBLE_DEVICES, and see 'doctor gpu'.");
  }

  @Test
  void whereItWentOnWithoutAGpuItsLogIsTheReason() {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(
            () -> Gpu.require(CPU_ONLY, () -> DRIVER, () -> TensorFlowWords.ofLog(NO_DRIVER)))
        .withMessageContaining("it reports: failed call to cuInit: INTERNAL: CUDA error");
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.require(CPU_ONLY, () -> DRIVER, List::of))
        .withMessageContaining("TensorFlow sees no GPU; expected")
        .withMessageContaining("TF_CPP_MIN_LOG_LEVEL=0");
    assertThat(Gpu.require(CPU_ONLY.replace("CPU:0 ]", "GPU:0 ]"), () -> DRIVER, List::of))
        .containsExactly("GPU:0");
  }

  /** Another Java is started and ends: the build for CPUs has nothing to say of a GPU. */
  @Test
  void anotherProcessIsAsked() {
    assertThat(TensorFlowWords.ask()).isEmpty();
  }
}
