// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/**
 * The devices that TensorFlow has registered. Its Java API cannot list them, so an op is placed on
 * a device that does not exist, and the error names those that do.
 */
public final class TensorFlowDevices {
  private static final Pattern NAME =
      Pattern.compile("/job:localhost/[a-z0-9:/]*device:(\\w+:\\d+)");
  private static final int NOWHERE = 1 << 20;

  private TensorFlowDevices() {}

  /**
   * Short names, {@code CPU:0}, {@code GPU:0}, in order.
   *
   * @param options those of all sessions that follow: TensorFlow creates its devices and thread
   *     pools for the first session of the process, and this may be it
   */
  public static List<String> list(ConfigProto options) {
    return names(refusal(options));
  }

  /**
   * TensorFlow's error for an op on a device that does not exist; or its reason for having
   * registered no devices at all, if a GPU that it has found does not work.
   */
  public static String refusal(ConfigProto options) {
    try (Graph graph = new Graph();
        Session session =
            new Session(graph, options.toBuilder().setAllowSoftPlacement(false).build())) {
      Ops tf =
          Ops.create(graph)
              .withDevice(
                  DeviceSpec.newBuilder()
                      .deviceType(DeviceSpec.DeviceType.CPU)
                      .deviceIndex(NOWHERE)
                      .build());
      session.runner().addTarget(tf.withName("nowhere").noOp()).run().close();
      return "";
    } catch (RuntimeException e) {
      // some exceptions of TensorFlow share the package of TensorFlowException, not its type
      if (!e.getClass().getPackageName().equals(TensorFlowException.class.getPackageName())) {
        throw e;
      }
      return String.valueOf(e.getMessage());
    }
  }

  /** Whether the error is about the op, so that the devices were registered. */
  public static boolean made(String refusal) {
    return !names(refusal).isEmpty();
  }

  public static List<String> names(String refusal) {
    TreeSet<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(refusal);
    while (name.find()) {
      if (!name.group(1).endsWith(":" + NOWHERE)) {
        names.add(name.group(1));
      }
    }
    return List.copyOf(names);
  }
}
