// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io.internal;

import java.io.IOException;

/**
 * An action on one value that may fail with an {@link IOException}.
 *
 * @param <T> type of the value
 */
@FunctionalInterface
public interface ThrowingConsumer<T> {
  /**
   * Performs the action.
   *
   * @throws IOException if it fails
   */
  void accept(T value) throws IOException;
}
