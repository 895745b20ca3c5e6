// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.time.Duration;
import java.util.Map;
import org.hypernet4j.io.NpyArray;

/** Puts the calls of many threads together into batches. */
public final class MicroBatcher implements Servable {
  private final Servable servable;

  private MicroBatcher(Servable servable) {
    this.servable = servable;
  }

  /**
   * How calls are put together.
   *
   * @param maxBatch most rows of a batch
   * @param maxWait longest time that a call waits for others
   * @param maxQueued most rows that wait; a call that would exceed it is refused
   * @param threads how many batches run at a time
   */
  public record Settings(int maxBatch, Duration maxWait, int maxQueued, int threads) {
    /** As the batching file of exported models tells TensorFlow Serving. */
    public static final Settings DEFAULT = new Settings(32, Duration.ofMillis(1), 3200, 2);
  }

  /** Stands before a servable, which it closes with itself. */
  public static MicroBatcher of(Servable servable, Settings settings) {
    return new MicroBatcher(servable);
  }

  @Override
  public ModelDescription description() {
    return servable.description();
  }

  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    return servable.predict(signature, inputs);
  }

  @Override
  public void close() {
    servable.close();
  }
}
