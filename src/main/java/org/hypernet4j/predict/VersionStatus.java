// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

/**
 * Where a version of a served model stands.
 *
 * @param version its number
 * @param state as TensorFlow Serving names it
 * @param errorCode {@code OK}, or the name of a gRPC status code if the version could not be loaded
 * @param message what was wrong in one line; empty if nothing was
 */
public record VersionStatus(long version, State state, String errorCode, String message) {
  /** The code of a version with which nothing is wrong. */
  public static final String OK = "OK";

  /** The life of a version, in this order. */
  public enum State {
    /** Found, and waiting to be loaded. */
    START,
    /** Being verified, loaded and warmed up. */
    LOADING,
    /** Takes calls. */
    AVAILABLE,
    /** Takes no new calls; the running ones are waited for. */
    UNLOADING,
    /** Closed, or refused. */
    END
  }
}
