package org.hypernet4j.graph;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operation;

/**
 * Something that belongs to a graph for as long as that is open. What is stored holds ops and so
 * the graph itself: closed graphs are forgotten here, no collector would ever do it.
 *
 * <p>Threads that build graphs of their own never wait for each other here. A gradient that
 * TensorFlow calls while it holds its graph's lock reads from here, so nothing is locked around a
 * call of TensorFlow, and the question whether another graph is closed is one that its lock does
 * not guard.
 */
final class PerGraph<V> {
  private record Entry<V>(Operation anyOp, V value) {}

  private final Map<Graph, Entry<V>> entries = new ConcurrentHashMap<>();

  /** What belongs to a graph, or null. */
  @Nullable V get(Graph graph) {
    Entry<V> entry = entries.get(graph);
    return entry == null ? null : entry.value();
  }

  /**
   * What belongs to the graph of an op, made if it is not there yet.
   *
   * @param op any op of the graph
   * @param make calls nothing of TensorFlow
   */
  V orMake(Operation op, Supplier<V> make) {
    Graph graph = (Graph) op.env();
    V known = get(graph);
    if (known != null) {
      return known;
    }
    forgetClosedGraphs();
    return entries.computeIfAbsent(graph, key -> new Entry<>(op, make.get())).value();
  }

  private void forgetClosedGraphs() {
    entries.forEach(
        (graph, entry) -> {
          if (isClosed(entry.anyOp())) {
            entries.remove(graph, entry);
          }
        });
  }

  /**
   * Reads a number that never changes: unlike looking an op up, that needs no lock of the graph.
   */
  private static boolean isClosed(Operation op) {
    try {
      return op.numOutputs() < 0;
    } catch (IllegalStateException closed) {
      return true;
    }
  }

  /** How many graphs have something here. */
  int size() {
    return entries.size();
  }
}
