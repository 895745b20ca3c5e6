// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class XlaTest {
  /** The CPU library of TensorFlow Java for Linux has XLA; that of a GPU needs a CUDA toolkit. */
  @Test
  void theCpuLibraryForLinuxHasIt() {
    Assumptions.assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
            && !GpuLibraries.tensorFlowIsGpuBuild(),
        "not the CPU library for Linux");
    assertThat(Xla.isAvailable()).isTrue();
  }
}
