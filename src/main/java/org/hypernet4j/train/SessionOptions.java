// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.tensorflow.DeviceSpec;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * Options of a TensorFlow session.
 *
 * <p>TensorFlow creates its thread pools for the first session of the process; a session that is
 * opened before the training must have the same options.
 *
 * @param threads threads inside one op; 0 for one per core
 * @param deterministic whether equal runs must be equal to the last bit: ops then run one after the
 *     other, so that no sum depends on which came first
 * @param gpu whether GPUs are used; otherwise they stay untouched, if there are any
 * @param devices devices to compute on; on several of them a training shares each batch. Null for
 *     TensorFlow's own choice, the first device
 * @param softPlacement whether an op that cannot run on the device it was put on, as replicas are,
 *     runs on another; otherwise the training is refused
 */
public record SessionOptions(
    int threads,
    boolean deterministic,
    boolean gpu,
    @Nullable ComputeDevices devices,
    boolean softPlacement) {
  private static final String ONE_DNN = "TF_ENABLE_ONEDNN_OPTS";

  /** Checks the number of threads. */
  public SessionOptions {
    if (threads < 0 || threads > 1024) {
      throw UserError.in(Setting.of("threads"))
          .what("not a number of threads")
          .expected("0 (one per core) to 1024")
          .received(threads)
          .build();
    }
    if (devices != null && devices.gpu() != gpu) {
      throw new IllegalArgumentException("gpu is " + gpu + ", devices are " + devices);
    }
  }

  /** Creates options with soft placement. */
  public SessionOptions(
      int threads, boolean deterministic, boolean gpu, @Nullable ComputeDevices devices) {
    this(threads, deterministic, gpu, devices, true);
  }

  /** Creates options with TensorFlow's own choice of devices. */
  public SessionOptions(int threads, boolean deterministic, boolean gpu) {
    this(threads, deterministic, gpu, null);
  }

  /** Creates options for the CPU. */
  public SessionOptions(int threads, boolean deterministic) {
    this(threads, deterministic, false);
  }

  /** One thread per core on the CPU, not deterministic to the last bit. */
  public static SessionOptions defaults() {
    return new SessionOptions(0, false);
  }

  /**
   * The devices of a training's replicas; empty for one replica, on TensorFlow's choice of device.
   */
  public List<DeviceSpec> replicas() {
    return devices == null || devices.numbers().size() < 2 ? List.of() : devices.placements();
  }

  /**
   * Checks that a batch divides into equal shares for the replicas.
   *
   * @throws UserError if it does not
   */
  public void requireDivides(int batchSize) {
    if (devices != null) {
      devices.requireDivides(batchSize);
    }
  }

  /** These options as TensorFlow's configuration message. */
  public ConfigProto toProto() {
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setAllowSoftPlacement(softPlacement);
    if (gpu) {
      // allocate memory as needed: others may use the GPU too, and users see how much a model takes
      config.setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    } else {
      config.putDeviceCount("GPU", 0);
    }
    if (devices != null) {
      devices.configure(config);
    }
    if (deterministic) {
      config.setInterOpParallelismThreads(1);
    }
    return config.build();
  }

  /**
   * All settings besides the model and the data that affect the last bit of a result, for a
   * checkpoint: {@code threads} as a number of threads, never 0, {@code deterministic}, {@code
   * gpu}, {@code devices}, empty where none are named, and {@code TF_ENABLE_ONEDNN_OPTS} of the
   * environment, empty where it is not set.
   */
  public JsonObject state() {
    JsonObject state = new JsonObject();
    state.addProperty(
        "threads", threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    state.addProperty("deterministic", deterministic);
    state.addProperty("gpu", gpu);
    state.addProperty("devices", devices == null ? "" : String.join(",", devices.names()));
    state.addProperty(ONE_DNN, Objects.requireNonNullElse(System.getenv(ONE_DNN), ""));
    return state;
  }

  /**
   * The differences from the session that wrote a checkpoint.
   *
   * @param stored the result of {@link #state()} at that time
   * @return {@code threads: 4 then, 2 now} and the like; empty if nothing differs
   */
  public List<String> differences(JsonObject stored) {
    List<String> differences = new ArrayList<>();
    state()
        .asMap()
        .forEach(
            (key, now) -> {
              if (!now.equals(stored.get(key))) {
                differences.add(key + ": " + stored.get(key) + " then, " + now + " now");
              }
            });
    return differences;
  }
}
