package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The basic RNN of section 3.2: {@code h' = tanh(x W_x + h W_h + b)}.
 *
 * <p>Parameters: {@code W_x [inputSize, units]}, {@code W_h [units, units]}, {@code b [units]};
 * both matrices orthogonal at first. State: {@code h}.
 */
public final class BasicRnnCell implements RnnCell<RnnState>, LinearInput {
  private final int inputSize;
  private final int units;
  private final String where;
  private final Parameter inputKernel;
  private final Parameter recurrentKernel;
  private final Parameter bias;

  /** Makes the parameters in the given scope. */
  public BasicRnnCell(ParameterScope scope, int inputSize, int units) {
    if (inputSize < 1 || units < 1) {
      throw UserError.in("basic RNN '" + scope.path() + "'")
          .what("sizes must be positive")
          .received("inputSize " + inputSize + ", units " + units)
          .build();
    }
    this.inputSize = inputSize;
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
  public int inputSize() {
    return inputSize;
  }

  @Override
  public int outputSize() {
    return units;
  }

  @Override
  public StateLayout<RnnState> stateLayout() {
    return StateLayout.part("h", units).as(RnnState::new, RnnState::h);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(inputKernel, recurrentKernel, bias);
  }

  @Override
  public List<Weight> projectionWeights() {
    return List.of(Weight.of(inputKernel));
  }

  @Override
  public List<Weight> weights() {
    return List.of(Weight.of(recurrentKernel), Weight.of(bias));
  }

  @Override
  public List<StatePart> projectionParts() {
    return List.of(new StatePart("sum", units));
  }

  @Override
  public Weight inputRows(int from, int to) {
    return MatrixRows.of(inputKernel, from, to);
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    Shapes.require(where, "x", x, -1, inputSize);
    return List.of(Precision.current().matMul(tf, x, values.of(Weight.of(inputKernel))));
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    return List.of(tf.gather(values.of(Weight.of(inputKernel)), ids, tf.constant(0)));
  }

  @Override
  public CellStep<RnnState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      RnnState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(where, this, projected, stateLayout().tensors(state), masks);
    Operand<TFloat32> sum =
        tf.math.add(projected.get(0), values.product(tf, state.h(), Weight.of(recurrentKernel)));
    Operand<TFloat32> next = tf.math.tanh(tf.math.add(sum, values.of(Weight.of(bias))));
    return new CellStep<>(next, new RnnState(next));
  }
}
