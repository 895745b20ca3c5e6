// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import org.jspecify.annotations.Nullable;

/** A call is for a model, a version or a label that is not served. */
public final class NoSuchModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final @Nullable Long version;
  private final @Nullable String label;

  NoSuchModelException(
      String name, @Nullable Long version, @Nullable String label, String message) {
    super(message);
    this.name = name;
    this.version = version;
    this.label = label;
  }

  /** The model that was asked for. */
  public String name() {
    return name;
  }

  /** The version that was asked for, or null. */
  public @Nullable Long version() {
    return version;
  }

  /** The label that was asked for, or null. */
  public @Nullable String label() {
    return label;
  }
}
