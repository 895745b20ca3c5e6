// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.hypernet4j.graph.Precision;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operation;

/**
 * State of one graph besides its ops: the precision of products that are being built, the {@link
 * BackwardRule}s, the {@link CustomGradients} and a gradient that failed.
 *
 * <p>This is the only table with graphs as keys. A state may hold ops, and an op holds its graph,
 * so no collector would ever free a closed graph: a new state removes those of closed graphs.
 *
 * <p>Threads that build graphs of their own never wait for each other here. A gradient that
 * TensorFlow calls while it holds its graph's lock reads from here, so nothing is locked around a
 * call of TensorFlow, and checking whether another graph is closed needs no lock of that graph.
 */
public final class GraphState {
  private static final Map<Graph, GraphState> STATES = new ConcurrentHashMap<>();

  /** Why a registered gradient of an op could not be built. */
  record Failure(String op, Throwable cause) {}

  /** Any op of the graph, to detect when the graph is closed. Null while the state holds no ops. */
  private volatile @Nullable Operation witness;

  private volatile Precision precision = Precision.FLOAT32;
  private final List<BackwardRule> rules = new CopyOnWriteArrayList<>();
  private final Map<String, CustomGradients.Piece> pieces = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private GraphState() {}

  /** The state of a graph, or null if it has none. Takes no lock. */
  public static @Nullable GraphState find(Graph graph) {
    return STATES.get(graph);
  }

  /** The state of the graph of an op; it lives until that graph is closed. Takes no lock. */
  static GraphState of(Operation op) {
    GraphState state = make((Graph) op.env());
    if (state.witness == null) {
      state.witness = op;
    }
    return state;
  }

  private static GraphState make(Graph graph) {
    GraphState known = STATES.get(graph);
    if (known != null) {
      return known;
    }
    forgetClosedGraphs();
    return STATES.computeIfAbsent(graph, key -> new GraphState());
  }

  /**
   * Makes the graph of a function's body. Its products have the precision that products of the
   * graph around it have now. To be closed with {@link #close}.
   *
   * @param around the graph that will call the function
   */
  static Graph inside(Graph around) {
    Graph inner = new Graph();
    Precision precision = precision(around);
    if (precision != Precision.FLOAT32) {
      make(inner).precision = precision;
    }
    return inner;
  }

  /** Closes a graph made by {@link #inside} and forgets its state. */
  static void close(Graph inner) {
    STATES.remove(inner);
    inner.close();
  }

  /** The precision of products that are built in a graph now. */
  public static Precision precision(Graph graph) {
    GraphState state = STATES.get(graph);
    return state == null ? Precision.FLOAT32 : state.precision;
  }

  /**
   * Sets the precision of products that are built in a graph from now on.
   *
   * @return the precision until now
   */
  public static Precision setPrecision(Graph graph, Precision precision) {
    GraphState state = make(graph);
    Precision before = state.precision;
    state.precision = precision;
    if (precision == Precision.FLOAT32 && state.witness == null) {
      // equivalent to no state at all, and without an op a closed graph would go unnoticed
      STATES.remove(graph, state);
    }
    return before;
  }

  /** The rules, in the order in which they were made. */
  List<BackwardRule> rules() {
    return rules;
  }

  /** Derivatives in closed form, by the name of the op that has them. */
  Map<String, CustomGradients.Piece> pieces() {
    return pieces;
  }

  /** Records why a gradient could not be built; of several failures, the first. */
  void fail(Failure cause) {
    failure.compareAndSet(null, cause);
  }

  /** Removes and returns the failure of a gradient, or null if there was none. */
  static @Nullable Failure takeFailure(Graph graph) {
    GraphState state = STATES.get(graph);
    return state == null ? null : state.failure.getAndSet(null);
  }

  private static void forgetClosedGraphs() {
    STATES.forEach(
        (graph, state) -> {
          Operation op = state.witness;
          if (op != null && isClosed(op)) {
            STATES.remove(graph, state);
          }
        });
  }

  /**
   * Reads a number that never changes: unlike looking up an op, this needs no lock of the graph.
   */
  private static boolean isClosed(Operation op) {
    try {
      return op.numOutputs() < 0;
    } catch (IllegalStateException closed) {
      return true;
    }
  }
}
