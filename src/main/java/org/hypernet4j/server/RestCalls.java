// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

/** What answers the requests of the interface, for any number of threads. */
@FunctionalInterface
interface RestCalls {
  /**
   * Answers a request; an error is an answer, too.
   *
   * @param method of HTTP
   * @param path as it was sent
   * @param body empty where there is none
   */
  RestAnswer answer(String method, String path, byte[] body);
}
