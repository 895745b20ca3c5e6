// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Arrays;
import org.hypernet4j.device.ComputeDevices;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the devices of a training, for the commands that train. */
final class DevicesOption {
  @Option(
      names = "--devices",
      paramLabel = "LIST",
      description =
          "Compute on these devices, GPU:1 or GPU:0,GPU:1 with --gpu, CPU:0,CPU:1 without; several"
              + " share each batch evenly. Default: the first GPU with --gpu, else the CPU as one.")
  @Nullable String list;

  @Option(
      names = "--no-soft-placement",
      description =
          "Fail if an op cannot run on the device that it was put on with --devices. Default: it"
              + " runs on another.")
  boolean noSoftPlacement;

  @Nullable ComputeDevices read(boolean gpu) {
    return list == null ? null : ComputeDevices.parse(Arrays.asList(list.split(",", -1)), gpu);
  }
}
