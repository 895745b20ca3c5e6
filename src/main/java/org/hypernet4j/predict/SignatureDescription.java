// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A function of a model.
 *
 * @param key by which it is called
 * @param inputs by name, all of which a call needs
 * @param outputs by name, all of which a call returns
 */
public record SignatureDescription(
    String key, Map<String, TensorDescription> inputs, Map<String, TensorDescription> outputs) {
  /** Keeps the order. */
  public SignatureDescription {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }
}
