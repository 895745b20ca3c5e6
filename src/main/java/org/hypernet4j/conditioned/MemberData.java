// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.List;

/** What a member learns from. */
public interface MemberData {
  /** Identifies the content, transformations included. */
  String fingerprint();

  /** The size of the training data, human-readable: {@code 5 tasks of 60,000 images}. */
  String size();

  /** What was left out or changed, a human-readable line each. */
  default List<String> notes() {
    return List.of();
  }
}
