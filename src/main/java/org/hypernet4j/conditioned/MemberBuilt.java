// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import org.hypernet4j.train.BuiltTask;

/**
 * A member's training in a graph, which holds its functions too.
 *
 * @param <B> one batch on the Java side
 */
public interface MemberBuilt<B> extends BuiltTask<B> {
  /** What the model computes, in the graph of the training. */
  Functions functions();
}
