// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.ByteString;
import java.util.Set;

/** What answers the calls of the gRPC interface, for any number of threads. */
interface GrpcCalls {
  /** The methods that there are, {@code service/method}. */
  Set<String> methods();

  /**
   * Answers a call.
   *
   * @param method one of {@link #methods}
   * @param request its message
   * @return the message of the answer
   * @throws RestError if there is an error for an answer
   */
  byte[] answer(String method, ByteString request);
}
