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
 * The HyperRNN of section 3.2, in the form that scales weights (equations 7 and 8): a basic RNN
 * whose matrices a smaller recurrent cell rescales row by row at every step.
 *
 * <pre>
 * hhat = small cell on [x; h]
 * h'   = tanh( d_x (x W_x) + d_h (h W_h) + beta + b )
 * </pre>
 *
 * <p>The form that generates whole matrices is {@link HyperRnnFullCell}. Initial values are those
 * of the HyperLSTM (A.2.3); the paper gives none for the HyperRNN.
 *
 * <p>Parameters: {@code W_x [inputSize, units]}, {@code W_h [units, units]}, {@code b [units]},
 * {@code embedding/...} as in {@code HyperEmbeddings} with one gate, {@code hyper/...}. State:
 * {@code h}, {@code hyper/...}.
 *
 * @param <H> the small cell's state
 */
public final class HyperRnnCell<H> extends AbstractHyperRnnCell<H> {
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final Parameter bias;
  private final HyperEmbeddings embeddings;

  /**
   * Creates the parameters.
   *
   * @param embeddingSize N_z
   * @param hyper makes the small cell in the scope {@code hyper}, given its input size
   */
  public HyperRnnCell(
      ParameterScope scope, int inputSize, int units, int embeddingSize, SmallCell<H> hyper) {
    super("HyperRNN", scope, inputSize, units, hyper);
    inputKernel =
        scope.regularisedParameter(
            "W_x", Shape.of(inputSize, units), Initializers.orthogonal(1f), Role.KERNEL);
    recurrentKernel =
        scope.regularisedParameter(
            "W_h", Shape.of(units, units), Initializers.orthogonal(1f), Role.KERNEL);
    bias = scope.parameter("b", Shape.of(units), Initializers.zeros(), Role.BIAS);
    embeddings =
        new HyperEmbeddings(
            scope.child("embedding"), 1, this.hyper.outputSize(), embeddingSize, units);
  }

  @Override
  Parameter inputMatrix() {
    return inputKernel;
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
    HyperEmbeddings.Scaling scaling = embeddings.apply(tf, values, small.output());
    Operand<TFloat32> hMain = values.product(tf, state.h(), recurrentKernel);
    Operand<TFloat32> sum =
        tf.math.add(
            tf.math.addN(
                List.of(
                    tf.math.mul(scaling.x(), projected.get(0)),
                    tf.math.mul(scaling.h(), hMain),
                    scaling.bias())),
            values.of(bias));
    Operand<TFloat32> next = tf.math.tanh(sum);
    return new CellStep<>(next, new HyperRnnState<>(next, small.state()));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, HyperRnnState<H> state) {
    CellStep<H> small = small(tf, values, projected, state, List.of());
    return embeddings
        .apply(tf, values, small.output())
        .weights(List.of("h"), values.of(recurrentKernel), values.of(inputKernel));
  }
}
