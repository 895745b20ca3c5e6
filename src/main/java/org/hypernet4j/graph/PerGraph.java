package org.hypernet4j.graph;

import java.util.Iterator;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;

/**
 * Something that belongs to a graph for as long as that is open. What is stored holds ops and so
 * the graph itself: closed graphs are forgotten here, no collector would ever do it.
 */
final class PerGraph<V> {
  private final Map<Graph, V> values = new WeakHashMap<>();

  /** What belongs to a graph, or null. */
  synchronized @Nullable V get(Graph graph) {
    return values.get(graph);
  }

  /** The same, made if it is not there yet. Not while the graph is locked. */
  synchronized V orMake(Graph graph, Supplier<V> make) {
    forgetClosedGraphs();
    return values.computeIfAbsent(graph, key -> make.get());
  }

  private void forgetClosedGraphs() {
    for (Iterator<Graph> graphs = values.keySet().iterator(); graphs.hasNext(); ) {
      try {
        graphs.next().operation("?");
      } catch (IllegalStateException closed) {
        graphs.remove();
      }
    }
  }
}
