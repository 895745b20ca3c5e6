// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;

/**
 * The parts of a set of translated sentences: learn from the first, choose the best step on the
 * second, report on the tests.
 *
 * @param train pairs to learn from
 * @param validation pairs for early stopping
 * @param tests pairs for the reported scores only, by name, in the order of the reports; at least
 *     one
 * @param notes what the reader left out, a human-readable line each
 */
public record ParallelSplits(
    ParallelText train,
    ParallelText validation,
    Map<String, ParallelText> tests,
    List<String> notes) {

  /**
   * Keeps the order of the tests.
   *
   * @throws UserError if there is none
   */
  public ParallelSplits {
    tests = Collections.unmodifiableMap(new LinkedHashMap<>(tests));
    notes = List.copyOf(notes);
    if (tests.isEmpty()) {
      throw UserError.in("translation data")
          .what("there is no test")
          .expected("at least one pair of texts to report on")
          .received(notes.isEmpty() ? "none" : "none (" + String.join(", ", notes) + ")")
          .build();
    }
  }

  /** SHA-256 (hex) of a line for each part: its name, a space and its fingerprint. */
  public String fingerprint() {
    StringBuilder lines = new StringBuilder();
    lines.append("train ").append(train.fingerprint()).append('\n');
    lines.append("val ").append(validation.fingerprint()).append('\n');
    tests.forEach(
        (name, text) -> lines.append(name).append(' ').append(text.fingerprint()).append('\n'));
    return Sha256.of(lines.toString().getBytes(UTF_8));
  }
}
