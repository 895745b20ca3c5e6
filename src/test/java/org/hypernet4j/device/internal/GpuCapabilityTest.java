// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.hypernet4j.device.Gpu;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines are as nvidia-smi prints them: name, compute capability, memory, free memory. */
class GpuCapabilityTest {
  private static final String H100 = "NVIDIA H100 80GB HBM3, 9.0, 81559 MiB, 81003 MiB";
  private static final String B200 = "NVIDIA B200, 10.0, 183359 MiB, 182640 MiB";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Tesla K80, 3.7, 11441 MiB, 11441 MiB | false",
        "NVIDIA GeForce GTX 980, 5.2, 4096 MiB, 3900 MiB | false",
        "Tesla P100-PCIE-16GB, 6.0, 16384 MiB, 16276 MiB | true",
        "Tesla T4, 7.5, 15360 MiB, 15095 MiB | true",
        "NVIDIA GeForce RTX 3090, 8.6, 24576 MiB, 24245 MiB | true",
        "NVIDIA H100 80GB HBM3, 9.0, 81559 MiB, 81003 MiB | true",
        "NVIDIA B200, 10.0, 183359 MiB, 182640 MiB | false",
        "NVIDIA GeForce RTX 5090, 12.0, 32607 MiB, 32111 MiB | false",
        "'Graphics, 5.0 edition, 8.0, 1 MiB, 1 MiB' | true",
        // an old nvidia-smi does not know the field
        "'NVIDIA H100, [N/A], 81559 MiB, 81003 MiB' | true",
      })
  void kernelsAreThereFrom6To9(String gpu, boolean fit) {
    assertThat(GpuCapability.unfit(List.of(gpu)).isEmpty()).isEqualTo(fit);
  }

  @Test
  void aTrainingOnOthersIsRefusedBeforeItBegins() {
    GpuDriver driver = new GpuDriver(true, true, "570.86.15", List.of(B200));
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(() -> Gpu.requireFit(driver.gpus(), false))
        .withMessage(
            "gpu: TensorFlow 2.18 has no kernels for this GPU; expected compute capability 6.0 to"
                + " 9.0, received NVIDIA B200, 10.0, 183359 MiB, 182640 MiB. Use another GPU, leave"
                + " gpu out to train on the CPU, or set HYPERNET4J_ANY_GPU=1 to try.");
    Gpu.requireFit(driver.gpus(), true);
  }

  /** TensorFlow's order of the GPUs is not that of nvidia-smi: one of them may be the one. */
  @Test
  void oneThatIsFitIsEnough() {
    Gpu.requireFit(List.of(B200, H100), false);
    assertThat(GpuCapability.unfit(List.of(B200, H100))).containsExactly(B200);
    Gpu.requireFit(List.of(), false);
  }

  @Test
  void theExplanationNamesThem() {
    assertThat(GpuCapability.explain(List.of(B200)))
        .contains("TensorFlow 2.18 has no kernels for NVIDIA B200, 10.0", "expected to fail");
    assertThat(GpuCapability.explain(List.of("Tesla K80, 3.7, 11441 MiB, 11441 MiB")))
        .contains("compute capability 6.0 to 9.0")
        .doesNotContain("newer");
  }
}
