package org.hypernet4j.graph;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;

/**
 * Walks from a loss to the tensors that it is differentiated by, before native code is entered: the
 * C++ code stops at the first op without a gradient, names no scope, and crashes on some.
 */
final class GradientCheck {
  private static final Set<String> LOOP_OPS =
      Set.of("Enter", "Exit", "NextIteration", "LoopCond", "Switch", "Merge", "RefEnter");
  private static final Set<String> FUNCTION_CALLS =
      Set.of("PartitionedCall", "StatefulPartitionedCall");
  private static final Map<String, String> SUGGESTIONS =
      Map.of(
          "While", "use a differentiable scan instead of a while loop",
          "StatelessWhile", "use a differentiable scan instead of a while loop",
          "If", "compute both branches and choose with tf.where",
          "StatelessIf", "compute both branches and choose with tf.where",
          "Gather", "use tf.gather, which builds GatherV2",
          "OnesLike", "use tf.fill with a shape",
          "TopKV2", "take the gradient through tf.gather of the indices",
          "EuclideanNorm", "use tf.math.sqrt of a reduceSum of squares",
          "TensorScatterUpdate", "use tf.where, or concat of slices");

  private GradientCheck() {}

  /**
   * Checks that every target reaches the loss and that every op between has a gradient.
   *
   * @param targets tensors by the name that an error should use for them
   * @throws UserError that lists every obstacle
   */
  static void require(Operand<?> loss, Map<String, ? extends Output<?>> targets) {
    Set<GraphOperation> below = upstreamOf((GraphOperation) loss.op());
    Set<GraphOperation> dependent = dependentOn(targets.values(), below);

    List<String> lost =
        targets.entrySet().stream()
            .filter(t -> !below.contains((GraphOperation) t.getValue().op()))
            .map(t -> t.getKey())
            .toList();
    if (!lost.isEmpty()) {
      throw UserError.in("gradient of " + loss.op().name())
          .what("the loss does not depend on " + String.join(", ", lost))
          .next("use these parameters in the model, or make them fixed parameters")
          .build();
    }

    Set<String> obstacles = new TreeSet<>();
    for (GraphOperation op : dependent) {
      String type = op.type();
      if (type.equals("VarHandleOp") || type.equals("Placeholder")) {
        continue;
      }
      if (type.equals("VariableV2") || type.equals("Variable")) {
        obstacles.add(
            "'"
                + op.name()
                + "' is a reference variable, whose gradient can crash the JVM: make it"
                + " with a ParameterStore");
      } else if (LOOP_OPS.contains(type)) {
        obstacles.add(
            "'"
                + op.name()
                + "' is part of a while loop, whose gradient crashes the JVM: use a"
                + " differentiable scan");
      } else if (FUNCTION_CALLS.contains(type)) {
        obstacles.add(
            "'"
                + op.name()
                + "' calls a graph function, whose gradient can be silently wrong:"
                + " build the ops in this graph");
      } else if (!GradientRegistry.hasGradient(type)) {
        obstacles.add(
            "'"
                + op.name()
                + "' ("
                + type
                + ") has no gradient: "
                + SUGGESTIONS.getOrDefault(
                    type,
                    "add one with GradientRegistry.register, or cut it off with stopGradient"));
      }
    }
    if (!obstacles.isEmpty()) {
      throw UserError.in("gradient of " + loss.op().name())
          .what("cannot be formed: " + String.join("; ", obstacles))
          .build();
    }
  }

  /** Every op that the loss is computed from, itself included. */
  private static Set<GraphOperation> upstreamOf(GraphOperation loss) {
    Set<GraphOperation> seen = new LinkedHashSet<>();
    Deque<GraphOperation> todo = new ArrayDeque<>(List.of(loss));
    while (!todo.isEmpty()) {
      GraphOperation op = todo.pop();
      if (seen.add(op)) {
        for (Operand<?> input : op.inputs()) {
          todo.push((GraphOperation) input.op());
        }
      }
    }
    return seen;
  }

  /**
   * The ops among {@code within} through which a gradient flows to a target: those that consume a
   * float tensor that depends on one. StopGradient and shape ops end the walk.
   */
  private static Set<GraphOperation> dependentOn(
      Collection<? extends Output<?>> targets, Set<GraphOperation> within) {
    Set<GraphOperation> seen = new LinkedHashSet<>();
    Deque<GraphOperation> todo = new ArrayDeque<>();
    targets.forEach(t -> todo.push((GraphOperation) t.op()));
    while (!todo.isEmpty()) {
      GraphOperation op = todo.pop();
      if (!within.contains(op) || !seen.add(op) || op.type().equals("StopGradient")) {
        continue;
      }
      for (int i = 0; i < op.numOutputs(); i++) {
        if (op.numConsumers(i) > 0 && carriesGradient(op, i)) {
          op.consumers(i).forEach(todo::push);
        }
      }
    }
    return seen;
  }

  private static boolean carriesGradient(GraphOperation op, int output) {
    return switch (op.output(output).dataType()) {
      case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16, DT_RESOURCE, DT_VARIANT -> true;
      case DT_FLOAT_REF, DT_DOUBLE_REF -> true;
      default -> false;
    };
  }
}
