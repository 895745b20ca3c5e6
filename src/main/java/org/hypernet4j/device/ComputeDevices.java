// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.tensorflow.DeviceSpec;
import org.tensorflow.proto.ConfigProto;

/**
 * The devices that a training computes on, {@code GPU:1} or {@code CPU:0,CPU:1}; several devices
 * share the batch.
 *
 * <p>GPUs are numbered as CUDA numbers them. TensorFlow sees the named ones only, so that nothing
 * is computed or stored on the others, and numbers them from 0 again. A CPU is one device for
 * TensorFlow unless it is configured as several: there are as many as are named.
 *
 * @param gpu whether they are GPUs
 * @param numbers at least one, none twice, in the order in which they were named
 */
public record ComputeDevices(boolean gpu, List<Integer> numbers) {
  private static final Setting WHERE = Setting.of("devices");
  private static final Setting GPU = Setting.of("gpu");
  private static final String EXPECTED =
      "names such as CPU:0,CPU:1 or, with " + GPU + ", GPU:0,GPU:1";
  private static final int MOST = 64;
  private static final Pattern NAME = Pattern.compile("(CPU|GPU):(0|[1-9][0-9]{0,3})");
  private static final Pattern GPU_COUNT = Pattern.compile("visible device count is (\\d+)");

  /** Copies the list. */
  public ComputeDevices {
    numbers = List.copyOf(numbers);
  }

  /**
   * Parses names.
   *
   * @param names {@code CPU:0} and so on
   * @param gpu whether GPUs were asked for
   * @throws UserError if a name is invalid or repeated, or is not of the kind asked for
   */
  public static ComputeDevices parse(List<String> names, boolean gpu) {
    Set<Integer> numbers = new LinkedHashSet<>();
    for (String given : names) {
      Matcher name = NAME.matcher(given.strip().toUpperCase(Locale.ROOT));
      if (!name.matches()) {
        throw refused("not the name of a device", EXPECTED, given).build();
      }
      if (name.group(1).equals("GPU") != gpu) {
        throw refused(
                gpu ? "a CPU is named, but " + GPU + " is given" : "a GPU is named without " + GPU,
                "devices of one kind",
                String.join(",", names))
            .next(gpu ? "leave out " + GPU + " or name GPUs" : "add " + GPU + ", or name CPUs")
            .build();
      }
      if (!numbers.add(Integer.valueOf(name.group(2)))) {
        throw refused("a device is named twice", "each device once", String.join(",", names))
            .build();
      }
    }
    if (numbers.isEmpty() || numbers.size() > MOST) {
      throw refused("cannot train on so many devices", "1 to " + MOST, "" + numbers.size()).build();
    }
    return new ComputeDevices(gpu, List.copyOf(numbers));
  }

  /** The names, {@code GPU:1}, as they were given. */
  public List<String> names() {
    return numbers.stream().map(number -> (gpu ? "GPU:" : "CPU:") + number).toList();
  }

  /** The devices as TensorFlow numbers them, for placing ops. */
  public List<DeviceSpec> placements() {
    return IntStream.range(0, numbers.size())
        .mapToObj(
            i ->
                DeviceSpec.newBuilder()
                    .deviceType(gpu ? DeviceSpec.DeviceType.GPU : DeviceSpec.DeviceType.CPU)
                    .deviceIndex(gpu ? i : numbers.get(i))
                    .build())
        .toList();
  }

  /** Configures TensorFlow to have these devices and no others of their kind. */
  public void configure(ConfigProto.Builder config) {
    if (gpu) {
      config.getGpuOptionsBuilder().setVisibleDeviceList(ShownGpus.list(numbers));
    } else {
      config.putDeviceCount("CPU", numbers.size());
    }
  }

  /**
   * Checks that the devices exist. Passes if there is no GPU at all: {@link Gpu#require} reports
   * the reason.
   *
   * @param options those of all sessions that follow, {@link #configure} included
   * @throws UserError if one does not exist; the message names those that do
   */
  public void require(ConfigProto options) {
    if (gpu) {
      ShownGpus.choose(numbers);
    }
    requireIn(TensorFlowDevices.refusal(options));
  }

  /** Checks the devices by TensorFlow's error for an op on a device that does not exist. */
  void requireIn(String refusal) {
    List<String> there = new ArrayList<>();
    if (gpu) {
      // the list of visible devices holds a number that is too high, or all are right
      Matcher count = GPU_COUNT.matcher(refusal);
      if (!count.find()) {
        return;
      }
      IntStream.range(0, Integer.parseInt(count.group(1))).forEach(i -> there.add("GPU:" + i));
    } else {
      TensorFlowDevices.names(refusal).stream()
          .filter(n -> n.startsWith("CPU"))
          .forEach(there::add);
    }
    List<String> missing = names().stream().filter(name -> !there.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw refused(
              numbers.size() > there.size()
                  ? "more replicas than devices"
                  : "there is no " + String.join(", no ", missing),
              there.isEmpty() ? "a device that is there" : "some of " + String.join(", ", there),
              String.join(",", names()))
          .next(
              gpu
                  ? "name devices that doctor lists"
                  : "number the parts of the CPU from CPU:0 on without a gap")
          .build();
    }
  }

  /**
   * Checks that a batch divides into equal shares.
   *
   * @throws UserError if it does not
   */
  public void requireDivides(int batchSize) {
    int replicas = numbers.size();
    if (batchSize % replicas != 0) {
      int below = batchSize / replicas * replicas;
      throw UserError.in("training.batchSize")
          .what("the batch cannot be divided evenly among " + replicas + " devices")
          .expected("a multiple of " + replicas)
          .received(batchSize)
          .next(
              "use "
                  + Setting.of("training.batchSize", below == 0 ? replicas : below)
                  + " or another number of "
                  + WHERE)
          .build();
    }
  }

  private static UserError.Builder refused(String what, String expected, String received) {
    return UserError.in(WHERE).what(what).expected(expected).received(received);
  }
}
