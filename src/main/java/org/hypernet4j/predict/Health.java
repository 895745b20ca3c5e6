// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.List;

/**
 * Whether models are served, for an orchestrator's probes.
 *
 * @param live whether the folders are looked at and calls are taken; if not, a restart helps
 * @param ready whether every model has a version that takes calls
 * @param problems versions that were refused and models that are not served, in one line each; with
 *     problems the service may be ready all the same
 */
public record Health(boolean live, boolean ready, List<String> problems) {
  /** Copies the list. */
  public Health {
    problems = List.copyOf(problems);
  }
}
