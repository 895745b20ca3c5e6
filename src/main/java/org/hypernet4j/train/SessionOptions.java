package org.hypernet4j.train;

import org.hypernet4j.error.UserError;
import org.tensorflow.proto.ConfigProto;

/**
 * How TensorFlow runs a graph.
 *
 * @param threads threads inside one op; 0 for one per core
 * @param deterministic whether equal runs must be equal to the last bit: ops then run one after the
 *     other, so that no sum depends on which came first
 */
public record SessionOptions(int threads, boolean deterministic) {
  /** Checks the number of threads. */
  public SessionOptions {
    if (threads < 0 || threads > 1024) {
      throw UserError.in("--threads")
          .what("not a number of threads")
          .expected("0 (one per core) to 1024")
          .received(threads)
          .build();
    }
  }

  /** One thread per core, no promise about the last bit. */
  public static SessionOptions defaults() {
    return new SessionOptions(0, false);
  }

  /** The same as TensorFlow's configuration message. */
  public ConfigProto toProto() {
    ConfigProto.Builder config =
        ConfigProto.newBuilder().setIntraOpParallelismThreads(threads).setAllowSoftPlacement(true);
    if (deterministic) {
      config.setInterOpParallelismThreads(1);
    }
    return config.build();
  }
}
