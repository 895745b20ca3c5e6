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
 */
public record ServingSettings(
    ModelTrust trust,
    VersionPolicy versions,
    Duration poll,
    MicroBatcher.@Nullable Settings batching) {
  /** The newest version of models of which nothing is known, looked for every second. */
  public static final ServingSettings DEFAULT =
      new ServingSettings(ModelTrust.NONE, VersionPolicy.NEWEST, Duration.ofSeconds(1), null);

  /** Needs a time that is not negative. */
  public ServingSettings {
    if (poll.isNegative()) {
      throw UserError.in("poll")
          .what("is negative")
          .expected("a duration, or zero for never")
          .received(poll)
          .build();
    }
  }

  /** The same with trust. */
  public ServingSettings withTrust(ModelTrust changed) {
    return new ServingSettings(changed, versions, poll, batching);
  }

  /** The same for other versions. */
  public ServingSettings withVersions(VersionPolicy changed) {
    return new ServingSettings(trust, changed, poll, batching);
  }

  /** The same, looking at the folders as often as this. */
  public ServingSettings withPoll(Duration changed) {
    return new ServingSettings(trust, versions, changed, batching);
  }

  /** The same with calls put together, or not. */
  public ServingSettings withBatching(MicroBatcher.@Nullable Settings changed) {
    return new ServingSettings(trust, versions, poll, changed);
  }
}
