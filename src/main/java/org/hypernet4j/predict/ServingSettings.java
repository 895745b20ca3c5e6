// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.time.Duration;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelTrust;
import org.jspecify.annotations.Nullable;

/**
 * How {@link ServedModels} serves.
 *
 * @param trust in the authors of the models
 * @param versions which of a model's versions are served
 * @param poll how often the folders are looked at for new versions; zero for never
 * @param batching how calls are put together; null for not at all
 * @param drain how long closing waits for leases; then their calls are refused
 * @param listener hears of calls, batches and loaded versions
 */
public record ServingSettings(
    ModelTrust trust,
    VersionPolicy versions,
    Duration poll,
    MicroBatcher.@Nullable Settings batching,
    Duration drain,
    ServingListener listener) {
  private static final Duration LONGEST = Duration.ofDays(365);

  /** The newest version of models of which nothing is known, looked for every second. */
  public static final ServingSettings DEFAULT =
      new ServingSettings(
          ModelTrust.NONE,
          VersionPolicy.NEWEST,
          Duration.ofSeconds(1),
          null,
          Duration.ofSeconds(30),
          ServingListener.NONE);

  /** Checks the durations. */
  public ServingSettings {
    require("poll", poll);
    require("drain", drain);
  }

  private static void require(String name, Duration duration) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw UserError.in("serving")
          .what(name + " cannot be used")
          .expected("a duration of 0 to 365 days")
          .received(duration)
          .build();
    }
  }

  /** The same with trust. */
  public ServingSettings withTrust(ModelTrust changed) {
    return new ServingSettings(changed, versions, poll, batching, drain, listener);
  }

  /** The same for other versions. */
  public ServingSettings withVersions(VersionPolicy changed) {
    return new ServingSettings(trust, changed, poll, batching, drain, listener);
  }

  /** The same, looking at the folders as often as this. */
  public ServingSettings withPoll(Duration changed) {
    return new ServingSettings(trust, versions, changed, batching, drain, listener);
  }

  /** The same with calls put together, or not. */
  public ServingSettings withBatching(MicroBatcher.@Nullable Settings changed) {
    return new ServingSettings(trust, versions, poll, changed, drain, listener);
  }

  /** The same, waiting for leases as long as this when closed. */
  public ServingSettings withDrain(Duration changed) {
    return new ServingSettings(trust, versions, poll, batching, changed, listener);
  }

  /** The same with one who hears of it. */
  public ServingSettings withListener(ServingListener changed) {
    return new ServingSettings(trust, versions, poll, batching, drain, changed);
  }
}
