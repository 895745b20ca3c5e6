// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.train.SessionOptions;
import org.junit.jupiter.api.Test;

class DevicesTest {
  @Test
  void ofSeveralGpusTensorFlowTakesTheFirst() {
    assertThat(Devices.describe(List.of("CPU:0", "GPU:0", "GPU:1"))).isEqualTo("CPU and GPU:0");
    assertThat(Devices.describe(List.of("CPU:0"))).isEqualTo("CPU");
    assertThat(Devices.describe(List.of())).isEqualTo("an unknown device");
  }

  @Test
  void thoseThatWereNamedAreTaken() {
    ComputeDevices two = ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false);
    assertThat(Devices.describe(new SessionOptions(0, false, false, two)))
        .isEqualTo("CPU:0 and CPU:1");
    assertThat(Devices.describe(SessionOptions.defaults())).isEqualTo("CPU");
  }
}
