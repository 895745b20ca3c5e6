package org.hypernet4j.graph;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.tensorflow.Graph;

/** The {@link BackwardRule}s of each graph, in the order in which they were made. */
public final class BackwardRules {
  private static final PerGraph<List<BackwardRule>> RULES = new PerGraph<>();

  private BackwardRules() {}

  /** Makes a rule known: gradients of that graph go through it from now on. */
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
    RULES.orMake(rule.results().get(0).op(), CopyOnWriteArrayList::new).add(rule);
  }

  /** The rules of a graph. A part can only use what parts before it in this list computed. */
  static List<BackwardRule> of(Graph graph) {
    List<BackwardRule> rules = RULES.get(graph);
    return rules == null ? List.of() : List.copyOf(rules);
  }
}
