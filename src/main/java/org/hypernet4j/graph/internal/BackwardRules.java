// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.List;
import org.tensorflow.Graph;

/** The {@link BackwardRule}s of a graph, in the order in which they were registered. */
public final class BackwardRules {
  private BackwardRules() {}

  /** Registers a rule: from now on, gradients of that graph use it. */
  public static void register(Graph graph, BackwardRule rule) {
    for (var result : rule.results()) {
      if (!result.op().type().equals("StopGradient")) {
        throw new IllegalArgumentException(
            "result "
                + result.op().name()
                + " is a "
                + result.op().type()
                + ", not a StopGradient");
      }
    }
    GraphState.of(rule.results().get(0).op()).rules().add(rule);
  }

  /** The rules of a graph. A part depends only on parts before it in this list. */
  public static List<BackwardRule> of(Graph graph) {
    GraphState state = GraphState.find(graph);
    return state == null ? List.of() : List.copyOf(state.rules());
  }
}
