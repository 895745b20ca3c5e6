// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.util.List;
import org.hypernet4j.graph.ParameterStore;

/**
 * Builds the computation of a served model without anything that only training needs: no labels, no
 * dropout, no loss.
 *
 * <p>Called with the store of a new, empty graph. The parameters that it makes must have the names
 * and shapes of the values that are exported.
 */
@FunctionalInterface
public interface InferenceGraph {
  /**
   * Builds the ops.
   *
   * @param store makes the parameters; {@code store.root().tf()} makes ops
   * @return the signatures to serve, at least one; the first is usually {@link
   *     ServingSignature#DEFAULT_KEY}
   */
  List<ServingSignature> build(ParameterStore store);
}
