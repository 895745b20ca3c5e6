// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

/** More calls wait than may; the same call can succeed later. */
public final class OverloadedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OverloadedException(String message) {
    super(message);
  }
}
