package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * @throws UserError if a parameter does not reach the loss or an op on the way has no gradient;
   *     nothing was added to the graph then
   */
  public static Map<Parameter, Operand<TFloat32>> of(
      Operand<TFloat32> loss, List<Parameter> parameters) {
    Map<String, Output<?>> targets = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      // The handle, not one read of it: gathers from the same table then count too.
      targets.put("parameter " + parameter.name(), parameter.handle());
    }
    List<Operand<TFloat32>> gradients = compute(loss, targets);
    Map<Parameter, Operand<TFloat32>> byParameter = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      byParameter.put(parameters.get(i), gradients.get(i));
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
      Output<?> output = tensor.asOutput();
      targets.put("tensor " + output.op().name() + ":" + output.index(), output);
    }
    return compute(loss, targets);
  }

  @SuppressWarnings("unchecked")
  private static List<Operand<TFloat32>> compute(
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
    Graph graph = (Graph) loss.op().env();
    Output<?>[] gradients;
    try {
      gradients = graph.addGradients(loss.asOutput(), targets.values().toArray(new Output<?>[0]));
    } catch (TensorFlowException e) {
      throw UserError.in(where)
          .what("TensorFlow could not build it: " + e.getMessage())
          .cause(e)
          .build();
    }
    List<Operand<TFloat32>> result = new ArrayList<>();
    int i = 0;
    for (String name : targets.keySet()) {
      Output<?> gradient = gradients[i++];
      if (gradient.isClosed()) {
        throw UserError.in(where)
            .what("no gradient reaches " + name)
            .next("every way from it to the loss is cut by stopGradient or by an integer op")
            .build();
      }
      result.add((Output<TFloat32>) gradient);
    }
    return result;
  }
}
