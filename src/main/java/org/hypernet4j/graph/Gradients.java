package org.hypernet4j.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TFloat32;

/**
 * Reverse-mode derivatives of one scalar.
 *
 * <p>Only scalars, on purpose: {@code Graph.addGradients} with several results of which one is
 * computed from another loses a contribution without a word. Several results with weights are
 * differentiated as the sum of {@code reduceSum(y_i * dy_i)}.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * The derivative of a loss by each parameter.
   *
   * @param loss a scalar
   * @param parameters at least one
   * @return tensors of the parameters' shapes, in the given order
   * @throws UserError if a parameter does not reach the loss or an op on the way has no gradient.
   *     What {@link GradientCheck} finds is refused before the graph changes; a failure while the
   *     gradient is built leaves ops behind, and the graph is then best thrown away
   */
  public static Map<Parameter, Operand<TFloat32>> of(
      Operand<TFloat32> loss, List<Parameter> parameters) {
    Map<String, Output<?>> targets = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      // The handle, not one read of it: gathers from the same table then count too.
      targets.put("parameter " + parameter.name(), parameter.handle());
    }
    Map<String, Operand<TFloat32>> gradients = compute(loss, targets);
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
    Map<String, Operand<TFloat32>> gradients = compute(loss, targets);
    return tensors.stream()
        .map(tensor -> found(gradients, "tensor " + tensor.asOutput().name()))
        .toList();
  }

  private static Operand<TFloat32> found(Map<String, Operand<TFloat32>> gradients, String name) {
    return Objects.requireNonNull(gradients.get(name), name);
  }

  /** By name, so that a target that is given twice has one gradient. */
  @SuppressWarnings("unchecked")
  private static Map<String, Operand<TFloat32>> compute(
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
    GradientCheck.require(loss, targets);
    Output<?>[] gradients = addGradients(where, loss, targets.values().toArray(new Output<?>[0]));
    Map<String, Operand<TFloat32>> result = new LinkedHashMap<>();
    int i = 0;
    for (String name : targets.keySet()) {
      Output<?> gradient = gradients[i++];
      if (gradient.isClosed()) {
        throw UserError.in(where)
            .what("no gradient reaches " + name)
            .next("every way from it to the loss goes through an op whose derivative is zero")
            .build();
      }
      result.put(name, (Output<TFloat32>) gradient);
    }
    return result;
  }

  private static Output<?>[] addGradients(
      String where, Operand<TFloat32> loss, Output<?>[] targets) {
    Graph graph = (Graph) loss.op().env();
    Output<?>[] gradients;
    try {
      gradients = graph.addGradients(loss.asOutput(), targets);
    } catch (TensorFlowException e) {
      GradientRegistry.throwFailure(where);
      throw UserError.in(where)
          .what("TensorFlow could not build it: " + e.getMessage())
          .cause(e)
          .build();
    }
    GradientRegistry.throwFailure(where);
    return gradients;
  }
}
