// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Maps the small cell's output to scaling vectors and dynamic bias (paper, equations 11 and 12),
 * for one or several gates y, each with three embeddings of its own:
 *
 * <pre>
 * z_h^y = hhat A_h^y + a_h^y     z_x^y = hhat A_x^y + a_x^y     z_b^y = hhat A_b^y
 * d_h^y = z_h^y D_h^y            d_x^y = z_x^y D_x^y            beta^y = z_b^y D_b^y
 * </pre>
 *
 * <p>Parameters: {@code A_h, A_x, A_b [M, G E]} (columns: blocks of gates), {@code a_h, a_x [G E]},
 * {@code D_h, D_x, D_b [G E, N]} (rows: blocks of gates). At first A_h and A_x are 0, a_h and a_x
 * 1, D_h and D_x 0.1 / E, so that every scaling is 0.1 whatever the input; A_b is normal with 0.01
 * and D_b is 0, so that the dynamic bias is 0.
 */
final class HyperEmbeddings {
  private final String scope;
  private final GateProducts products;
  private final Parameter projectionH; // A_h
  private final Parameter projectionX; // A_x
  private final Parameter projectionB; // A_b
  private final Parameter offsetH; // a_h
  private final Parameter offsetX; // a_x
  private final Parameter scalingH; // D_h
  private final Parameter scalingX; // D_x
  private final Parameter scalingB; // D_b

  /**
   * The scaling of the main cell's products, and its dynamic bias.
   *
   * @param h scaling of the recurrent product, {@code [batch, gates * units]}
   * @param x scaling of the input product
   * @param bias the dynamic bias
   */
  record Scaling(Operand<TFloat32> h, Operand<TFloat32> x, Operand<TFloat32> bias) {
    /** The main cell's matrices, rescaled. */
    List<DynamicWeight> weights(
        List<String> gates, Operand<TFloat32> recurrent, Operand<TFloat32> input) {
      return List.of(
          new DynamicWeight("W_h", gates, recurrent, h),
          new DynamicWeight("W_x", gates, input, x),
          new DynamicWeight("beta", gates, null, bias));
    }
  }

  HyperEmbeddings(ParameterScope scope, int gates, int hyperUnits, int embedding, int units) {
    this.scope = scope.path();
    products = new GateProducts(gates, embedding, units);
    long columns = (long) gates * embedding;
    Shape projection = Shape.of(hyperUnits, columns);
    Shape scaling = Shape.of(columns, units);
    Initializer zeros = Initializers.zeros();
    Initializer tenth = Initializers.constant(0.1f / embedding);
    projectionH = scope.parameter("A_h", projection, zeros, Role.GENERATOR);
    offsetH = scope.parameter("a_h", Shape.of(columns), Initializers.ones(), Role.GENERATOR);
    scalingH = scope.parameter("D_h", scaling, tenth, Role.GENERATOR);
    projectionX = scope.parameter("A_x", projection, zeros, Role.GENERATOR);
    offsetX = scope.parameter("a_x", Shape.of(columns), Initializers.ones(), Role.GENERATOR);
    scalingX = scope.parameter("D_x", scaling, tenth, Role.GENERATOR);
    projectionB =
        scope.parameter("A_b", projection, Initializers.normal(0f, 0.01f), Role.GENERATOR);
    scalingB = scope.parameter("D_b", scaling, zeros, Role.GENERATOR);
  }

  /**
   * Computes both scalings and the bias, each for all gates.
   *
   * @param hhat output of the small cell at the same step, {@code [batch, M]}
   */
  Scaling apply(Ops tf, CellValues values, Operand<TFloat32> hhat) {
    // (z_h, z_x, z_b) of all gates in one product
    Operand<TFloat32> all =
        tf.math.add(values.product(tf, hhat, projection()), values.of(offset()));
    if (values.oneStep()) {
      List<Output<TFloat32>> d = products.ofOneStep(tf, all, List.of(scalingH, scalingX, scalingB));
      return new Scaling(d.get(0), d.get(1), d.get(2));
    }
    List<Output<TFloat32>> z = tf.split(tf.constant(1), all, 3L).output();
    return new Scaling(
        products.each(tf, values, z.get(0), scalingH), // d_h^y = z_h^y D_h^y
        products.each(tf, values, z.get(1), scalingX), // d_x^y = z_x^y D_x^y
        products.each(tf, values, z.get(2), scalingB)); // beta^y = z_b^y D_b^y
  }

  /** {@code [A_h, A_x, A_b]}. */
  private Weight projection() {
    return Weight.madeOf(
        projectionH,
        scope + "/A",
        tf ->
            tf.concat(
                List.of(projectionH.value(), projectionX.value(), projectionB.value()),
                tf.constant(1)));
  }

  /** {@code [a_h, a_x, 0]}. */
  private Weight offset() {
    int columns = products.gates() * products.embedding();
    return Weight.madeOf(
        offsetH,
        scope + "/a",
        tf ->
            tf.concat(
                List.of(
                    offsetH.value(),
                    offsetX.value(),
                    tf.fill(tf.constant(new int[] {columns}), tf.constant(0f))),
                tf.constant(0)));
  }
}
