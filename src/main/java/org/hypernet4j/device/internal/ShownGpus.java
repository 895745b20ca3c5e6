// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.util.List;
import java.util.stream.Collectors;
import org.tensorflow.proto.ConfigProto;

/**
 * The GPUs that are visible to TensorFlow in this process. TensorFlow allows one choice for all
 * sessions and refuses a session with another, so sessions other than the training's ask here.
 */
public final class ShownGpus {
  private static volatile List<Integer> numbers = List.of();

  private ShownGpus() {}

  /** Chooses the visible GPUs. */
  public static void choose(List<Integer> chosen) {
    numbers = List.copyOf(chosen);
  }

  /**
   * The configuration of a session other than the training's. The first session of the process
   * decides how memory is allocated: without growth it would take nearly all of every GPU.
   */
  public static ConfigProto configuration() {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.getGpuOptionsBuilder().setAllowGrowth(true).setVisibleDeviceList(list(numbers));
    return config.build();
  }

  /**
   * The name by which the user knows a device.
   *
   * @param counted the name in TensorFlow's numbering of the visible GPUs: {@code GPU:0}
   */
  public static String name(String counted) {
    List<Integer> shown = numbers;
    String number = counted.substring(counted.indexOf(':') + 1);
    int index = number.matches("\\d{1,4}") ? Integer.parseInt(number) : shown.size();
    return counted.startsWith("GPU:") && index < shown.size() ? "GPU:" + shown.get(index) : counted;
  }

  public static String list(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
