// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Eight threads in a process of their own.
 *
 * @param name of the kind
 * @param right for the catalogue
 * @param program what they do: a class with {@code main}, which ends with 0 if all is right
 * @param words its arguments
 */
record EightThreads(
    String name, String right, Class<?> program, Function<Attempt, List<Object>> words)
    implements FaultKind {
  private static final Duration LIMIT = Duration.ofSeconds(150);

  @Override
  public int attempts() {
    return 3;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    ChildCommand.program(program, words.apply(attempt).toArray())
        .start(attempt.folder().resolve("threads"))
        .await(LIMIT)
        .require(0);
  }
}
