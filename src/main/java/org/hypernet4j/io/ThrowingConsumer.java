package org.hypernet4j.io;

import java.io.IOException;

/** An action on one value that may fail with an {@link IOException}. */
@FunctionalInterface
public interface ThrowingConsumer<T> {
  /** Performs the action. */
  void accept(T value) throws IOException;
}
