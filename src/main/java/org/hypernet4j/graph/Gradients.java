// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.BackwardRule;
import org.hypernet4j.graph.internal.BackwardRules;
import org.hypernet4j.graph.internal.GradientCheck;
import org.hypernet4j.graph.internal.GradientRegistry;
import org.hypernet4j.graph.internal.SameGraph;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Reverse-mode derivatives.
 *
 * <p>Where the graph contains a part with a {@link BackwardRule}, a loop for example, the
 * derivative is composed: from the loss to the part's results, through the part by its rule, and on
 * from its inputs.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * The derivative of a loss by each parameter.
   *
   * @param loss a scalar
   * @param parameters at least one
   * @return tensors of the parameters' shapes, in the given order
   * @throws UserError if the loss does not depend on a parameter or an op in between has no
   *     gradient. Faults that {@link GradientCheck} finds leave the graph unchanged; a failure
   *     while the gradient is being built leaves ops in the graph, which should then be discarded
   */
  public static Map<Parameter, Operand<TFloat32>> of(
      Operand<TFloat32> loss, List<Parameter> parameters) {
    Map<String, Output<?>> targets = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      // The handle, not one read of it: gathers from the same table then count too.
      targets.put("parameter " + parameter.name(), parameter.handle());
    }
    Map<String, Operand<TFloat32>> gradients = ofLoss(loss, targets);
    Map<Parameter, Operand<TFloat32>> byParameter = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      byParameter.put(parameter, found(gradients, "parameter " + parameter.name()));
    }
    return byParameter;
  }

  /**
   * The derivative of a loss by tensors that are not parameters: inputs, states, generated kernels.
   *
   * @param loss a scalar
   * @param tensors what to differentiate by
   * @return tensors of the same shapes, in the given order
   */
  public static List<Operand<TFloat32>> byTensors(
      Operand<TFloat32> loss, List<? extends Operand<TFloat32>> tensors) {
    Map<String, Output<?>> targets = new LinkedHashMap<>();
    for (Operand<TFloat32> tensor : tensors) {
      targets.put("tensor " + tensor.asOutput().name(), tensor.asOutput());
    }
    Map<String, Operand<TFloat32>> gradients = ofLoss(loss, targets);
    return tensors.stream()
        .map(tensor -> found(gradients, "tensor " + tensor.asOutput().name()))
        .toList();
  }

  /**
   * A vector-Jacobian product: the derivative of {@code sum over i of reduceSum(ys_i * dys_i)}.
   *
   * @param ys tensors, of which one may be computed from another
   * @param dys of the same shapes, as many
   * @param xs what to differentiate by
   * @return for each x a tensor of its shape, or null where no y depends on it
   * @throws UserError if a tensor is of another graph than the first result, or shapes differ
   */
  public static List<@Nullable Operand<TFloat32>> product(
      List<? extends Operand<TFloat32>> ys,
      List<? extends Operand<TFloat32>> dys,
      List<? extends Operand<TFloat32>> xs) {
    if (ys.isEmpty()) {
      throw new IllegalArgumentException("no results");
    }
    String where = "gradient of " + ys.get(0).op().name();
    SameGraph.require(where, ys.get(0).op().env(), "a result", ys);
    SameGraph.require(where, ys.get(0).op().env(), "a derivative by a result", dys);
    SameGraph.require(where, ys.get(0).op().env(), "what to differentiate by", xs);
    if (dys.size() != ys.size()) {
      throw UserError.in(where)
          .what("not every result has its derivative")
          .expected(ys.size())
          .received(dys.size())
          .build();
    }
    for (int i = 0; i < ys.size(); i++) {
      Shape shape = ys.get(i).shape();
      if (!shape.isUnknown()) {
        Shapes.require(where, "the derivative by result " + i, dys.get(i).shape(), shape.asArray());
      }
    }
    Map<Output<?>, Operand<TFloat32>> found =
        compute(where, ys, dys, new LinkedHashSet<>(outputs(xs)));
    List<@Nullable Operand<TFloat32>> result = new ArrayList<>();
    for (Operand<TFloat32> x : xs) {
      result.add(found.get(x.asOutput()));
    }
    return result;
  }

  private static Operand<TFloat32> found(Map<String, Operand<TFloat32>> gradients, String name) {
    return Objects.requireNonNull(gradients.get(name), name);
  }

  /** Keyed by name, so that a target given twice has one gradient. */
  private static Map<String, Operand<TFloat32>> ofLoss(
      Operand<TFloat32> loss, Map<String, Output<?>> targets) {
    String where = "gradient of " + loss.op().name();
    if (targets.isEmpty()) {
      throw UserError.in(where)
          .what("there is nothing to differentiate by")
          .expected("at least one trainable parameter")
          .received("none")
          .build();
    }
    Shapes.require(where, "the loss", loss);
    GradientCheck.requireReached(loss, targets);
    Map<Output<?>, Operand<TFloat32>> gradients =
        compute(where, List.of(loss), List.of(), new LinkedHashSet<>(targets.values()));
    Map<String, Operand<TFloat32>> result = new LinkedHashMap<>();
    targets.forEach(
        (name, target) -> {
          Operand<TFloat32> gradient = gradients.get(target);
          if (gradient == null) {
            throw UserError.in(where)
                .what("no gradient reaches " + name)
                .next("every way from it to the loss goes through an op whose derivative is zero")
                .build();
          }
          result.put(name, gradient);
        });
    return result;
  }

  /**
   * Part by part, from the last to the first: a part depends only on parts before it.
   *
   * @param dys empty for ones
   */
  private static Map<Output<?>, Operand<TFloat32>> compute(
      String where,
      List<? extends Operand<TFloat32>> ys,
      List<? extends Operand<TFloat32>> dys,
      Set<Output<?>> targets) {
    Graph graph = (Graph) ys.get(0).op().env();
    List<BackwardRule> rules = BackwardRules.of(graph);
    Set<Output<?>> wanted = new LinkedHashSet<>(targets);
    rules.forEach(rule -> wanted.addAll(outputs(rule.results())));
    Sums sums = new Sums(graph);
    walk(where, ys, dys, wanted, sums);
    for (int i = rules.size() - 1; i >= 0; i--) {
      BackwardRule rule = rules.get(i);
      List<@Nullable Output<TFloat32>> byResults = new ArrayList<>();
      for (Output<TFloat32> result : outputs(rule.results())) {
        Operand<TFloat32> sum = sums.of(result);
        byResults.add(sum == null ? null : sum.asOutput());
        wanted.remove(result);
      }
      if (byResults.stream().allMatch(Objects::isNull)) {
        continue;
      }
      List<@Nullable Operand<TFloat32>> byInputs = rule.backward(byResults);
      List<Operand<TFloat32>> inputs = new ArrayList<>();
      List<Operand<TFloat32>> arriving = new ArrayList<>();
      for (int k = 0; k < byInputs.size(); k++) {
        Operand<TFloat32> gradient = byInputs.get(k);
        if (gradient != null) {
          inputs.add(rule.inputs().get(k));
          arriving.add(gradient);
        }
      }
      if (!inputs.isEmpty()) {
        walk(where, inputs, arriving, wanted, sums);
      }
    }
    Map<Output<?>, Operand<TFloat32>> result = new LinkedHashMap<>();
    for (Output<?> target : targets) {
      Operand<TFloat32> sum = sums.of(target);
      if (sum != null) {
        result.put(target, sum);
      }
    }
    return result;
  }

  /** One call of TensorFlow's own gradients, between two parts with rules. */
  @SuppressWarnings("unchecked")
  private static void walk(
      String where,
      List<? extends Operand<TFloat32>> ys,
      List<? extends Operand<TFloat32>> dys,
      Set<Output<?>> wanted,
      Sums sums) {
    List<Output<?>> xs = GradientCheck.requireDifferentiable(where, ys, wanted);
    if (xs.isEmpty()) {
      return;
    }
    Graph graph = (Graph) ys.get(0).op().env();
    Ops tf = Ops.create(graph);
    // TensorFlow silently loses contributions of one y through another: copies have no consumers.
    List<Output<?>> leaves = new ArrayList<>();
    ys.forEach(y -> leaves.add(tf.identity(y).asOutput()));
    Output<?>[] gradients;
    try {
      gradients =
          graph.addGradients(
              null,
              leaves.toArray(new Output<?>[0]),
              xs.toArray(new Output<?>[0]),
              dys.isEmpty() ? null : outputs(dys).toArray(new Output<?>[0]));
    } catch (TensorFlowException e) {
      GradientRegistry.throwFailure(where, graph);
      throw UserError.in(where)
          .what("TensorFlow could not build it: " + e.getMessage())
          .cause(e)
          .build();
    }
    GradientRegistry.throwFailure(where, graph);
    for (int i = 0; i < gradients.length; i++) {
      if (!gradients[i].isClosed()) {
        sums.add(xs.get(i), (Output<TFloat32>) gradients[i]);
      }
    }
  }

  private static List<Output<TFloat32>> outputs(List<? extends Operand<TFloat32>> operands) {
    return operands.stream().map(Operand::asOutput).toList();
  }

  /** The gradients that arrive at each tensor, from several calls. */
  private static final class Sums {
    private final Graph graph;
    private final Map<Output<?>, List<Operand<TFloat32>>> terms = new LinkedHashMap<>();

    Sums(Graph graph) {
      this.graph = graph;
    }

    void add(Output<?> at, Operand<TFloat32> term) {
      terms.computeIfAbsent(at, key -> new ArrayList<>()).add(term);
    }

    @Nullable Operand<TFloat32> of(Output<?> at) {
      List<Operand<TFloat32>> all = terms.get(at);
      if (all == null) {
        return null;
      }
      return all.size() == 1 ? all.get(0) : Ops.create(graph).math.addN(all);
    }
  }
}
