// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * The tensors that one call fetches. The same one may be wanted under several names, a loss that is
 * a metric too: TensorFlow Java's own results know each tensor only once.
 *
 * <pre>{@code
 * Fetches fetches = new Fetches(List.of(loss, error));
 * try (Result result = fetches.into(session.runner()).run()) {
 *   Tensor error = fetches.get(result, 1);
 * }
 * }</pre>
 */
public final class Fetches {
  private final List<Output<?>> distinct = new ArrayList<>();
  private final List<Integer> places = new ArrayList<>();

  /** Keeps the order. */
  public Fetches(Collection<? extends Operand<?>> wanted) {
    for (Operand<?> operand : wanted) {
      Output<?> output = operand.asOutput();
      if (!distinct.contains(output)) {
        distinct.add(output);
      }
      places.add(distinct.indexOf(output));
    }
  }

  /** How many tensors are wanted, the same one counted as often as it is wanted. */
  public int size() {
    return places.size();
  }

  /** Each tensor once: what is fetched. */
  public List<Output<?>> distinct() {
    return List.copyOf(distinct);
  }

  /** Asks a runner for them, and for nothing else. */
  public Session.Runner into(Session.Runner runner) {
    distinct.forEach(runner::fetch);
    return runner;
  }

  /**
   * One of them.
   *
   * @param result of a runner that fetched these tensors only
   * @param i its place in the list of those that are wanted
   */
  public Tensor get(Result result, int i) {
    return result.get(places.get(i));
  }
}
