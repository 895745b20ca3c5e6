// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.Collection;
import org.hypernet4j.error.UserError;
import org.tensorflow.ExecutionEnvironment;
import org.tensorflow.Operand;
import org.tensorflow.Session;

/**
 * Checks that tensors belong to one graph. Ops of TensorFlow Java check their inputs; its gradients
 * do not, and leave a graph that can never run.
 */
public final class SameGraph {
  private SameGraph() {}

  /**
   * Checks some tensors.
   *
   * @param where the scope that is named in the error
   * @param graph the graph that they must belong to
   * @param what the role of the tensors, for example {@code the loss}
   * @param operands the tensors to check
   */
  public static void require(
      String where,
      ExecutionEnvironment graph,
      String what,
      Collection<? extends Operand<?>> operands) {
    for (Operand<?> operand : operands) {
      require(where, graph, what, operand);
    }
  }

  /**
   * Checks that a session runs the graph of some parameters.
   *
   * @param graph that holds the parameters
   */
  public static void require(Session session, ExecutionEnvironment graph) {
    if (session.graph() != graph) {
      throw UserError.in("parameters")
          .what("the session runs another graph")
          .expected("a session of the graph that holds the parameters")
          .received("a session of another graph")
          .next("open it with new Session(store.graph())")
          .build();
    }
  }

  /** Checks one tensor. */
  public static void require(
      String where, ExecutionEnvironment graph, String what, Operand<?> operand) {
    if (operand.op().env() != graph) {
      throw UserError.in(where)
          .what(what + " belongs to another graph")
          .expected("a tensor of the graph in which this is built")
          .received("'" + operand.op().name() + "' of another")
          .next(
              "build both with the Ops of one graph; a step of a cell stands in a graph of its own"
                  + " and sees only its weights, projections, masks and state, so that a scan of"
                  + " another cell inside a step is not offered")
          .build();
    }
  }
}
