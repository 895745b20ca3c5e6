// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/**
 * Refuses empty feeds that TensorFlow cannot handle. Dense and recurrent layers handle an empty
 * batch; image ops of TensorFlow 2.18 do not: with oneDNN the gradient of max pooling ends the
 * process and a convolution returns the channels of its input; without oneDNN the gradient of a
 * convolution's kernel is uninitialised memory.
 *
 * <p>The check costs ordinary batches nothing: it starts only when an empty tensor is fed. As an op
 * of the graph it would slow down every batch and rule out TFLite's compiled kernels.
 */
public final class EmptyInputs {
  private static final Set<String> IMAGE_OPS =
      Set.of("Conv2D", "DepthwiseConv2dNative", "FusedBatchNormV3", "MaxPool", "MaxPoolV2");

  private EmptyInputs() {}

  /**
   * Checks a tensor that is about to be fed.
   *
   * @param where prefix of the error message
   * @param input the placeholder that is fed
   * @param fed shape of the tensor; only empty ones are checked
   * @throws UserError if an op that cannot handle an empty tensor depends on the input
   */
  public static void require(String where, Operand<?> input, Shape fed) {
    if (fed.size() != 0) {
      return;
    }
    String found = imageOpBehind((GraphOperation) input.op());
    if (!found.isEmpty()) {
      throw UserError.in(where)
          .what("an empty batch or image cannot go through " + found)
          .expected("at least one example, of at least one pixel")
          .received(Shapes.describe(fed.asArray()))
          .next("leave this step out")
          .build();
    }
  }

  /** The nearest image op that depends on this op; empty if there is none. */
  private static String imageOpBehind(GraphOperation start) {
    Set<GraphOperation> seen = new HashSet<>(Set.of(start));
    Deque<GraphOperation> todo = new ArrayDeque<>(seen);
    boolean functions = false;
    while (!todo.isEmpty()) {
      GraphOperation op = todo.remove();
      if (IMAGE_OPS.contains(op.type())) {
        return op.type() + " '" + op.name() + "'";
      }
      functions |= op.type().endsWith("PartitionedCall") || op.type().endsWith("While");
      for (int i = 0; i < op.numOutputs(); i++) {
        if (op.numConsumers(i) > 0) {
          op.consumers(i).stream().filter(seen::add).forEach(todo::add);
        }
      }
    }
    return functions ? imageOpInFunctions(start.env()) : "";
  }

  /** Functions are rarely reached, so whether their arguments depend on the input is not traced. */
  private static String imageOpInFunctions(Graph graph) {
    return graph.toGraphDef().getLibrary().getFunctionList().stream()
        .flatMap(function -> function.getNodeDefList().stream())
        .filter(node -> IMAGE_OPS.contains(node.getOp()))
        .map(node -> node.getOp() + " '" + node.getName() + "'")
        .findFirst()
        .orElse("");
  }
}
