package org.hypernet4j.io;

import java.io.IOException;

/** An action on one value that may fail with an {@link IOException}. */
@FunctionalInterface
public interface ThrowingConsumer<T> {
  /** Does the action. */
  void accept(T value) throws IOException;
}
