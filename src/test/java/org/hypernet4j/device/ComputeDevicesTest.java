// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.DeviceSpec;
import org.tensorflow.proto.ConfigProto;

class ComputeDevicesTest {
  private static ComputeDevices parse(String list, boolean gpu) {
    return ComputeDevices.parse(Pattern.compile(",").splitAsStream(list).toList(), gpu);
  }

  private static void assertRefused(ThrowingCallable call, String... words) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  private static ConfigProto configured(ComputeDevices devices) {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    devices.configure(config);
    return config.build();
  }

  @Test
  void theCpuIsTakenForAsManyDevicesAsAreNamed() {
    ComputeDevices two = parse("CPU:1, cpu:0", false);
    assertThat(two.names()).containsExactly("CPU:1", "CPU:0");
    assertThat(two.placements())
        .extracting(DeviceSpec::toString)
        .containsExactly("/device:CPU:1", "/device:CPU:0");
    assertThat(TensorFlowDevices.list(configured(two))).containsExactly("CPU:0", "CPU:1");
    two.require(configured(two));
  }

  /** TensorFlow is shown those GPUs only, and counts what it is shown from 0. */
  @Test
  void ofTheGpusOnlyThoseThatAreNamedAreShown() {
    ComputeDevices two = parse("GPU:3,GPU:1", true);
    assertThat(configured(two).getGpuOptions().getVisibleDeviceList()).isEqualTo("3,1");
    assertThat(two.placements())
        .extracting(DeviceSpec::toString)
        .containsExactly("/device:GPU:0", "/device:GPU:1");
    try {
      ShownGpus.choose(two.numbers());
      assertThat(ShownGpus.configuration().getGpuOptions().getVisibleDeviceList()).isEqualTo("3,1");
      assertThat(ShownGpus.name("GPU:0")).isEqualTo("GPU:3");
      assertThat(ShownGpus.name("GPU:1")).isEqualTo("GPU:1");
      assertThat(ShownGpus.name("GPU:2")).isEqualTo("GPU:2");
      assertThat(ShownGpus.name("CPU:0")).isEqualTo("CPU:0");
    } finally {
      ShownGpus.choose(List.of());
    }
    // the first session decides for the process: a model that is only run must not take all memory
    ConfigProto.Builder growing = ConfigProto.newBuilder();
    growing.getGpuOptionsBuilder().setAllowGrowth(true);
    assertThat(ShownGpus.configuration()).isEqualTo(growing.build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TPU:0 | false | not the name of a device; TPU:0; CPU:0,CPU:1",
        "GPU | true | not the name of a device",
        "CPU:00 | false | not the name of a device",
        "'CPU:0,' | false | '' ",
        "CPU:0,CPU:0 | false | a device is named twice; CPU:0,CPU:0",
        "GPU:0 | false | a GPU is named without gpu; Add gpu",
        "GPU:0,CPU:0 | true | a CPU is named, but gpu is given",
      })
  void namesThatMakeNoSenseAreRefused(String list, boolean gpu, String words) {
    assertRefused(
        () -> ComputeDevices.parse(List.of(list.split(",", -1)), gpu),
        Pattern.compile("; ")
            .splitAsStream(words == null ? "devices" : words)
            .toArray(String[]::new));
  }

  @Test
  void aPartOfTheCpuThatIsNotThereIsNamedWithThoseThatAre() {
    ComputeDevices gap = parse("CPU:0,CPU:7", false);
    assertRefused(
        () -> gap.require(configured(gap)),
        "devices: there is no CPU:7",
        "expected some of CPU:0, CPU:1",
        "received CPU:0,CPU:7");
  }

  /** The words of TensorFlow's GPU device factory. */
  private static String refusal(int asked, int there) {
    return "'visible_device_list' listed an invalid Device id '"
        + asked
        + "' but visible device count is "
        + there;
  }

  @Test
  void moreReplicasThanGpusAreRefused() {
    assertRefused(
        () -> parse("GPU:0,GPU:1,GPU:2", true).requireIn(refusal(2, 2)),
        "devices: more replicas than devices",
        "expected some of GPU:0, GPU:1",
        "received GPU:0,GPU:1,GPU:2");
    assertRefused(
        () -> parse("GPU:4", true).requireIn(refusal(4, 2)),
        "devices: there is no GPU:4",
        "expected some of GPU:0, GPU:1");
    parse("GPU:0,GPU:1", true).requireIn("Could not satisfy device specification /device:CPU:99");
  }

  @Test
  void aBatchThatCannotBeSharedEvenlyIsRefused() {
    ComputeDevices three = parse("CPU:0,CPU:1,CPU:2", false);
    three.requireDivides(9);
    assertRefused(
        () -> three.requireDivides(100),
        "training.batchSize: the batch cannot be divided evenly among 3 devices",
        "expected a multiple of 3",
        "received 100",
        "training.batchSize=99");
    assertRefused(() -> three.requireDivides(2), "training.batchSize=3");
  }
}
