// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.train.SessionOptions;

/** A short description of the devices that TensorFlow computes on. */
final class Devices {
  private Devices() {}

  /** The devices of a training: those that were named, or those that TensorFlow chooses. */
  static String describe(SessionOptions options) {
    ComputeDevices named = options.devices();
    if (named != null) {
      return String.join(" and ", named.names());
    }
    // without GPUs there is nothing to choose from, and no query is needed
    return options.gpu() ? describe(TensorFlowDevices.list(options.toProto())) : "CPU";
  }

  /**
   * The choice of TensorFlow among the existing devices: {@code CPU}, or {@code CPU and GPU:0}.
   *
   * @param names {@code CPU:0}, {@code GPU:0}, {@code GPU:1}; all but the first GPU stay idle
   */
  static String describe(List<String> names) {
    List<String> chosen =
        Stream.concat(
                names.stream().filter("CPU:0"::equals).map(name -> "CPU"),
                names.stream().filter(name -> name.startsWith("GPU:")).limit(1))
            .toList();
    return chosen.isEmpty() ? "an unknown device" : String.join(" and ", chosen);
  }
}
