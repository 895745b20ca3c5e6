// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.Session;

/**
 * What a model in a graph computes, by name.
 *
 * @param served the functions that an exported model has; every row of theirs is computed from its
 *     row of the inputs alone
 * @param inner further ones for evaluation and pictures, with one condition for a whole batch for
 *     example
 */
public record Functions(List<ServingSignature> served, List<ServingSignature> inner) {
  /** Copies the lists. */
  public Functions {
    served = List.copyOf(served);
    inner = List.copyOf(inner);
  }

  /** The function of that name. */
  public ServingSignature get(String key) {
    List<ServingSignature> all = new ArrayList<>(served);
    all.addAll(inner);
    return all.stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no function " + key));
  }

  /**
   * Calls a function.
   *
   * @param session of the graph
   * @param inputs by alias, all of them
   * @return the outputs by alias
   * @throws org.hypernet4j.error.UserError if the inputs do not fit
   */
  public Map<String, NpyArray> call(Session session, String key, Map<String, NpyArray> inputs) {
    return ReferenceCase.record(session, get(key), inputs).outputs();
  }
}
