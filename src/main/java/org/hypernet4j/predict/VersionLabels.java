// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Names of a model's versions by their use. */
final class VersionLabels {
  private final String model;
  private final Map<String, Long> versions = new ConcurrentHashMap<>();

  VersionLabels(String model) {
    this.model = model;
  }

  void set(String label, long version) {
    versions.put(label, version);
  }

  Map<String, Long> all() {
    return Map.copyOf(versions);
  }

  /**
   * The version that is asked for.
   *
   * @return null for the newest
   * @throws NoSuchModelException if there is no such label, or it is another version's
   */
  @Nullable Long wanted(@Nullable Long version, @Nullable String label) {
    if (label == null) {
      return version;
    }
    Long labelled = versions.get(label);
    if (labelled == null || (version != null && !version.equals(labelled))) {
      throw new NoSuchModelException(
          model,
          version,
          label,
          "the model '%s' has no label '%s'%s; it has %s"
              .formatted(
                  model,
                  label,
                  version == null ? "" : " for version " + version,
                  versions.isEmpty() ? "none" : new TreeSet<>(versions.keySet())));
    }
    return labelled;
  }
}
