package org.hypernet4j.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;

/**
 * What may not be fed empty. Dense and recurrent layers give what an empty batch should; behind an
 * empty image TensorFlow 2.18 does not: with oneDNN the gradient of max pooling ends the process
 * and a convolution gives the channels of its input, without oneDNN the gradient of a convolution's
 * kernel is whatever stood in that memory.
 *
 * <p>The check costs nothing where it counts: it begins when somebody feeds a tensor without
 * numbers. In the graph it would stand in the way of every batch, and of TFLite's compiled kernels.
 */
public final class EmptyInputs {
  private static final Set<String> IMAGE_OPS =
      Set.of("Conv2D", "DepthwiseConv2dNative", "FusedBatchNormV3", "MaxPool", "MaxPoolV2");

  private EmptyInputs() {}

  /**
   * Checks a tensor that is about to be fed.
   *
   * @param where what the error begins with
   * @param input of which the tensor is the value
   * @param fed its shape; only one without numbers is looked at
   * @throws UserError if something in the graph that cannot take an empty tensor depends on it
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

  /** The nearest op of those above that depends on this one; an empty text if there is none. */
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

  /** A function is rarely looked at, so whose arguments depend on the input is not asked. */
  private static String imageOpInFunctions(Graph graph) {
    return graph.toGraphDef().getLibrary().getFunctionList().stream()
        .flatMap(function -> function.getNodeDefList().stream())
        .filter(node -> IMAGE_OPS.contains(node.getOp()))
        .map(node -> node.getOp() + " '" + node.getName() + "'")
        .findFirst()
        .orElse("");
  }
}
