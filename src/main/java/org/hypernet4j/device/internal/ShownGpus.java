// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.util.List;
import java.util.stream.Collectors;
import org.tensorflow.proto.ConfigProto;

/**
 * The GPUs that TensorFlow is shown in this process. It takes one choice for all sessions: a
 * session that is opened with another is refused, so that those beside the training ask here.
 */
public final class ShownGpus {
  private static volatile List<Integer> numbers = List.of();

  private ShownGpus() {}

  /** Makes the choice. */
  public static void choose(List<Integer> chosen) {
    numbers = List.copyOf(chosen);
  }

  /** The configuration of a session that is not a training's own. */
  public static ConfigProto configuration() {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    if (!numbers.isEmpty()) {
      config.getGpuOptionsBuilder().setAllowGrowth(true).setVisibleDeviceList(list(numbers));
    }
    return config.build();
  }

  /**
   * The name by which the user knows a device.
   *
   * @param counted as TensorFlow counts what it is shown: {@code GPU:0}
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
