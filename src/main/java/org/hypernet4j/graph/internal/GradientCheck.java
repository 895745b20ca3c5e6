// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.hypernet4j.error.UserError;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;

/**
 * Checks the ops between a loss and the tensors that it is differentiated by before native code
 * does: the C++ code stops at the first op without a gradient, names no scope, and crashes on some
 * ops.
 */
public final class GradientCheck {
  private static final Set<String> LOOP_OPS =
      Set.of("Enter", "Exit", "NextIteration", "LoopCond", "Switch", "Merge", "RefEnter");
  private static final Set<String> FUNCTION_CALLS =
      Set.of("PartitionedCall", "StatefulPartitionedCall");
  private static final Map<String, String> SUGGESTIONS =
      Map.of(
          "While", "use a differentiable scan instead of a while loop",
          "StatelessWhile",
              "use a differentiable scan instead of a while loop; if it is a scan, run it with"
                  + " ScanOptions.training() in place of inference()",
          "If", "compute both branches and choose with tf.where",
          "StatelessIf", "compute both branches and choose with tf.where",
          "Gather", "use tf.gather, which builds GatherV2",
          "OnesLike", "use tf.fill with a shape",
          "TopKV2", "take the gradient through tf.gather of the indices",
          "EuclideanNorm", "use tf.math.sqrt of a reduceSum of squares",
          "TensorScatterUpdate", "use tf.where, or concat of slices");

  private GradientCheck() {}

  /**
   * Checks that the loss depends on every target, directly or through parts with a {@link
   * BackwardRule}.
   *
   * @param targets tensors by the name to use in an error
   * @throws UserError that names the targets without influence
   */
  public static void requireReached(Operand<?> loss, Map<String, ? extends Output<?>> targets) {
    requireReached(
        loss,
        targets,
        upstreamOf(List.of(loss), (consumer, input) -> true),
        "the loss does not depend on ",
        "use these parameters in the model, or make them fixed parameters");
    requireReached(
        loss,
        targets,
        throughRules(loss),
        "no gradient reaches ",
        "every way from there to the loss is cut by stopGradient or by an integer op");
  }

  /** The tensors that a gradient can reach; a part with a rule leads on to its inputs. */
  private static Upstream throughRules(Operand<?> loss) {
    Upstream seen = new Upstream(new LinkedHashSet<>(), new HashSet<>());
    List<BackwardRule> rules = new ArrayList<>(BackwardRules.of((Graph) loss.op().env()));
    Collections.reverse(rules);
    List<Operand<?>> from = new ArrayList<>(List.of(loss));
    seen.addAll(upstreamOf(from, GradientCheck::mayCarryGradient));
    for (BackwardRule rule : rules) {
      if (rule.results().stream().anyMatch(r -> seen.tensors().contains(r.asOutput()))) {
        seen.addAll(upstreamOf(rule.inputs(), GradientCheck::mayCarryGradient));
      }
    }
    return seen;
  }

  /**
   * Checks that every op between has a gradient.
   *
   * @param targets tensors that may or may not reach the results
   * @return those that do
   * @throws UserError that lists every obstacle
   */
  public static List<Output<?>> requireDifferentiable(
      String where, List<? extends Operand<?>> ys, Set<? extends Output<?>> targets) {
    Upstream differentiable = upstreamOf(ys, GradientCheck::mayCarryGradient);
    List<Output<?>> reached = new ArrayList<>();
    Set<String> obstacles = new TreeSet<>();
    for (Output<?> target : targets) {
      if (differentiable.tensors().contains(target)) {
        reached.add(target);
        if (isReference(target)) {
          obstacles.add(referenceVariable(target));
        }
      }
    }
    for (GraphOperation op : between(reached, differentiable)) {
      obstacles.addAll(obstaclesAt(op));
    }
    if (!obstacles.isEmpty()) {
      throw UserError.in(where).what("cannot be formed: " + String.join("; ", obstacles)).build();
    }
    return reached;
  }

  private static void requireReached(
      Operand<?> loss,
      Map<String, ? extends Output<?>> targets,
      Upstream upstream,
      String what,
      String next) {
    List<String> lost =
        targets.entrySet().stream()
            .filter(t -> !upstream.tensors().contains(t.getValue()))
            .map(t -> t.getKey())
            .toList();
    if (!lost.isEmpty()) {
      throw UserError.in("gradient of " + loss.op().name())
          .what(what + String.join(", ", lost))
          .next(next)
          .build();
    }
  }

  private static List<String> obstaclesAt(GraphOperation op) {
    String name = "'" + op.name() + "'";
    String type = op.type();
    List<String> obstacles = new ArrayList<>();
    for (Operand<?> input : op.inputs()) {
      if (isReference(input.asOutput())) {
        obstacles.add(referenceVariable(input.asOutput()));
      }
    }
    if (LOOP_OPS.contains(type)) {
      obstacles.add(
          name
              + " is part of a while loop, whose gradient crashes the JVM: use a differentiable"
              + " scan");
    } else if (FUNCTION_CALLS.contains(type)) {
      obstacles.add(
          name
              + " calls a graph function, whose gradient can be silently wrong: build the ops in"
              + " this graph");
    } else if (type.equals("ResourceGather") && op.attributes().getAttrInt("batch_dims") != 0) {
      obstacles.add(name + " (ResourceGather) has batch dimensions: use tf.gather of the value");
    } else if (!GradientRegistry.hasGradient(type)) {
      obstacles.add(
          name
              + " ("
              + type
              + ") has no gradient: "
              + SUGGESTIONS.getOrDefault(
                  type, "add one with GradientRegistry.register, or cut it off with stopGradient"));
    }
    return obstacles;
  }

  private static String referenceVariable(Output<?> tensor) {
    return "'"
        + tensor.op().name()
        + "' is a reference variable, whose gradient can crash the JVM: make it with a"
        + " ParameterStore";
  }

  /** The ops that a loss depends on, and the tensors that they consume. */
  private record Upstream(Set<GraphOperation> ops, Set<Output<?>> tensors) {
    void addAll(Upstream other) {
      ops.addAll(other.ops());
      tensors.addAll(other.tensors());
    }
  }

  private static Upstream upstreamOf(
      List<? extends Operand<?>> results, BiPredicate<GraphOperation, Output<?>> follow) {
    Upstream seen = new Upstream(new LinkedHashSet<>(), new HashSet<>());
    Deque<GraphOperation> todo = new ArrayDeque<>();
    for (Operand<?> result : results) {
      seen.tensors().add(result.asOutput());
      todo.push((GraphOperation) result.op());
    }
    while (!todo.isEmpty()) {
      GraphOperation op = todo.pop();
      if (seen.ops().add(op)) {
        for (Operand<?> input : op.inputs()) {
          if (follow.test(op, input.asOutput())) {
            seen.tensors().add(input.asOutput());
            todo.push((GraphOperation) input.op());
          }
        }
      }
    }
    return seen;
  }

  /**
   * The ops whose gradient is needed: those on a differentiable path from a target to the loss,
   * without the op that produces the target.
   */
  private static Set<GraphOperation> between(
      Collection<? extends Output<?>> targets, Upstream upstream) {
    Set<GraphOperation> seen = new LinkedHashSet<>();
    Deque<Output<?>> todo = new ArrayDeque<>(targets);
    while (!todo.isEmpty()) {
      Output<?> tensor = todo.pop();
      GraphOperation maker = (GraphOperation) tensor.op();
      if (maker.numConsumers(tensor.index()) == 0) {
        continue;
      }
      for (GraphOperation op : maker.consumers(tensor.index())) {
        if (upstream.ops().contains(op) && mayCarryGradient(op, tensor) && seen.add(op)) {
          for (int i = 0; i < op.numOutputs(); i++) {
            if (upstream.tensors().contains(op.output(i))) {
              todo.push(op.output(i));
            }
          }
        }
      }
    }
    return seen;
  }

  private static boolean mayCarryGradient(GraphOperation consumer, Output<?> tensor) {
    return !consumer.type().equals("StopGradient")
        && switch (tensor.dataType()) {
          case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16, DT_RESOURCE, DT_VARIANT -> true;
          case DT_FLOAT_REF, DT_DOUBLE_REF -> true;
          default -> false;
        };
  }

  private static boolean isReference(Output<?> tensor) {
    return switch (tensor.dataType()) {
      case DT_FLOAT_REF, DT_DOUBLE_REF -> true;
      default -> false;
    };
  }
}
