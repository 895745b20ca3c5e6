// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The HyperRNN of section 3.2 whose weights are generated whole at every step (equations 5 and 6).
 *
 * <pre>
 * hhat = small cell on [x; h]
 * z_h = hhat A_h + a_h ; z_x = hhat A_x + a_x ; z_b = hhat A_b
 * h'  = tanh( &lt;W_hz, z_h&gt; h + &lt;W_xz, z_x&gt; x + z_b W_bz + b )
 * </pre>
 *
 * <p>The generated matrices differ for each example and are never formed: {@code <W, z> h} is the
 * sum over e of {@code z_e (h W_e)}, one product with all W_e side by side, scaled and added up.
 * The parameters are N_z times those of a basic RNN, as the paper notes.
 *
 * <p>Parameters: {@code A_h, A_x, A_b [M, N_z]}, {@code a_h, a_x [N_z]}, {@code W_hz [units, N_z
 * units]} and {@code W_xz [inputSize, N_z units]} (columns: blocks e), {@code W_bz [N_z, units]},
 * {@code b [units]}, {@code hyper/...}. The paper gives no initial values: A_h and A_x are 0 and
 * the a's 1 / N_z, so that each generated matrix starts as the mean of its N_z orthogonal blocks;
 * A_b is normal with 0.01 and W_bz is 0.
 *
 * @param <H> the small cell's state
 */
public final class HyperRnnFullCell<H> extends AbstractHyperRnnCell<H> {
  private final int embeddingSize;
  private final Parameter projectionH;
  private final Parameter projectionX;
  private final Parameter projectionB;
  private final Parameter offsetH;
  private final Parameter offsetX;
  private final Parameter recurrentBlocks;
  private final Parameter inputBlocks;
  private final Parameter biasBlocks;
  private final Parameter bias;

  /**
   * Creates the parameters.
   *
   * @param embeddingSize N_z
   * @param hyper makes the small cell in the scope {@code hyper}, given its input size
   */
  public HyperRnnFullCell(
      ParameterScope scope, int inputSize, int units, int embeddingSize, SmallCell<H> hyper) {
    super("HyperRNN", scope, inputSize, units, hyper);
    this.embeddingSize = embeddingSize;
    long m = this.hyper.outputSize();
    Shape projection = Shape.of(m, embeddingSize);
    projectionH = scope.parameter("A_h", projection, Initializers.zeros(), Role.GENERATOR);
    projectionX = scope.parameter("A_x", projection, Initializers.zeros(), Role.GENERATOR);
    projectionB =
        scope.parameter("A_b", projection, Initializers.normal(0f, 0.01f), Role.GENERATOR);
    Shape offset = Shape.of(embeddingSize);
    float share = 1f / embeddingSize;
    offsetH = scope.parameter("a_h", offset, Initializers.constant(share), Role.GENERATOR);
    offsetX = scope.parameter("a_x", offset, Initializers.constant(share), Role.GENERATOR);
    recurrentBlocks =
        scope.parameter(
            "W_hz",
            Shape.of(units, (long) embeddingSize * units),
            Initializers.orthogonalBlocks(embeddingSize, 1f),
            Role.GENERATOR);
    inputBlocks =
        scope.parameter(
            "W_xz",
            Shape.of(inputSize, (long) embeddingSize * units),
            Initializers.orthogonalBlocks(embeddingSize, 1f),
            Role.GENERATOR);
    biasBlocks =
        scope.parameter(
            "W_bz", Shape.of(embeddingSize, units), Initializers.zeros(), Role.GENERATOR);
    bias = scope.parameter("b", Shape.of(units), Initializers.zeros(), Role.BIAS);
  }

  @Override
  Parameter inputMatrix() {
    return inputBlocks;
  }

  @Override
  public CellStep<HyperRnnState<H>> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      HyperRnnState<H> state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    CellStep<H> small = small(tf, values, projected, state, masks);
    Operand<TFloat32> hhat = small.output();
    Operand<TFloat32> zH = embedding(tf, values, hhat, projectionH, offsetH);
    Operand<TFloat32> zX = embedding(tf, values, hhat, projectionX, offsetX);
    Operand<TFloat32> zB = values.product(tf, hhat, projectionB);
    Operand<TFloat32> fromH = contract(tf, values.product(tf, state.h(), recurrentBlocks), zH);
    Operand<TFloat32> fromX = contract(tf, projected.get(0), zX);
    Operand<TFloat32> fromB = tf.math.add(values.product(tf, zB, biasBlocks), values.of(bias));
    Operand<TFloat32> next = tf.math.tanh(tf.math.add(tf.math.add(fromH, fromX), fromB));
    return new CellStep<>(next, new HyperRnnState<>(next, small.state()));
  }

  private static Operand<TFloat32> embedding(
      Ops tf, CellValues values, Operand<TFloat32> hhat, Parameter projection, Parameter offset) {
    return tf.math.add(values.product(tf, hhat, projection), values.of(offset));
  }

  /** {@code sum_e z[b, e] products[b, e, n]}. */
  private Operand<TFloat32> contract(Ops tf, Operand<TFloat32> products, Operand<TFloat32> z) {
    Operand<TFloat32> blocks =
        tf.reshape(products, tf.constant(new int[] {-1, embeddingSize, units}));
    return tf.reduceSum(tf.math.mul(blocks, tf.expandDims(z, tf.constant(2))), tf.constant(1));
  }
}
