// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model as its clients see it.
 *
 * @param name of the model
 * @param version its number; 0 if its folder has no number for a name
 * @param signatures by key, in the order of the file
 */
public record ModelDescription(
    String name, long version, Map<String, SignatureDescription> signatures) {
  /** Keeps the order. */
  public ModelDescription {
    signatures = Collections.unmodifiableMap(new LinkedHashMap<>(signatures));
  }
}
