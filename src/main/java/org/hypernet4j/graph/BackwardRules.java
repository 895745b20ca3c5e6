package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.tensorflow.Graph;

/** The {@link BackwardRule}s of each graph, in the order in which they were made. */
public final class BackwardRules {
  private static final Map<Graph, List<BackwardRule>> RULES = new WeakHashMap<>();

  private BackwardRules() {}

  /** Makes a rule known: gradients of that graph go through it from now on. */
  public static synchronized void register(Graph graph, BackwardRule rule) {
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
    forgetClosedGraphs();
    RULES.computeIfAbsent(graph, key -> new ArrayList<>()).add(rule);
  }

  /** The rules of a graph. A part can only use what parts before it in this list computed. */
  static synchronized List<BackwardRule> of(Graph graph) {
    return List.copyOf(RULES.getOrDefault(graph, List.of()));
  }

  /** A rule holds ops and so its graph: without this, no graph would ever be collected. */
  private static void forgetClosedGraphs() {
    for (Iterator<Graph> graphs = RULES.keySet().iterator(); graphs.hasNext(); ) {
      try {
        graphs.next().operation("?");
      } catch (IllegalStateException closed) {
        graphs.remove();
      }
    }
  }
}
