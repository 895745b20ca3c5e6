// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.hypernet4j.io.NpyArray;

/**
 * A call that waits for others of its key.
 *
 * @param key of the calls that it may join
 * @param inputs that fit the signature
 * @param rows of each input
 * @param arrived when, of {@link System#nanoTime}
 * @param answer for the caller
 */
record BatchedCall(
    JoinRule.Key key,
    Map<String, NpyArray> inputs,
    int rows,
    long arrived,
    CompletableFuture<Map<String, NpyArray>> answer) {
  BatchedCall(JoinRule.Key key, Map<String, NpyArray> inputs) {
    this(key, inputs, JoinRule.rows(inputs), System.nanoTime(), new CompletableFuture<>());
  }
}
