// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import org.jspecify.annotations.Nullable;

/**
 * The size of one training step.
 *
 * @param examples of a batch, or streams that are read at once
 * @param sequenceLength symbols of each stream, or null where an example is no sequence
 */
public record StepSize(int examples, @Nullable Integer sequenceLength) {
  /** In human-readable form: {@code 32 examples}, {@code 32 streams of 50 symbols}. */
  public String describe() {
    return sequenceLength == null
        ? examples + " examples"
        : examples + " streams of " + sequenceLength + " symbols";
  }
}
