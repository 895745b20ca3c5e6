// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The basic RNN of section 3.2: {@code h' = tanh(x W_x + h W_h + b)}.
 *
 * <p>Parameters: {@code W_x [inputSize, units]}, {@code W_h [units, units]}, {@code b [units]};
 * both matrices start orthogonal. State: {@code h}.
 */
public final class BasicRnnCell implements LinearInput<RnnState> {
  private final int units;
  private final String where;
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final Parameter bias;

  /** Creates the parameters in the given scope. */
  public BasicRnnCell(ParameterScope scope, int inputSize, int units) {
    if (inputSize < 1 || units < 1) {
      throw UserError.in("basic RNN '" + scope.path() + "'")
          .what("sizes must be positive")
          .received("inputSize " + inputSize + ", units " + units)
          .build();
    }
    this.units = units;
    this.where = "basic RNN cell '" + scope.path() + "'";
    inputKernel =
        scope.regularisedParameter(
            "W_x", Shape.of(inputSize, units), Initializers.orthogonal(1f), Role.KERNEL);
    recurrentKernel =
        scope.regularisedParameter(
            "W_h", Shape.of(units, units), Initializers.orthogonal(1f), Role.KERNEL);
    bias = scope.parameter("b", Shape.of(units), Initializers.zeros(), Role.BIAS);
  }

  @Override
  public String where() {
    return where;
  }

  @Override
  public int outputSize() {
    return units;
  }

  @Override
  public StateLayout<RnnState> stateLayout() {
    return RnnState.layout(units);
  }

  @Override
  public Parameter inputMatrix() {
    return inputKernel;
  }

  @Override
  public CellStep<RnnState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      RnnState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    Operand<TFloat32> sum =
        tf.math.add(projected.get(0), values.product(tf, state.h(), recurrentKernel));
    Operand<TFloat32> next = tf.math.tanh(tf.math.add(sum, values.of(bias)));
    return new CellStep<>(next, new RnnState(next));
  }
}
