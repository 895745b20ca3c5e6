// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.List;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.RnnState;
import org.hypernet4j.cell.StateLayout;
import org.hypernet4j.cell.Weight;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

// docs/cells.md begins
/**
 * {@code h' = tanh(x W + z + h M)} with a vector z and a matrix M for each sequence.
 *
 * @param z {@code [batch, units]}
 * @param m {@code [batch, units, units]}
 */
public record ConditionedCell(Parameter w, Weight z, Weight m) implements RnnCell<RnnState> {

  public static ConditionedCell make(
      ParameterScope scope, int inputs, Operand<TFloat32> z, Operand<TFloat32> m) {
    return new ConditionedCell(
        scope.parameter(
            "w", Shape.of(inputs, z.shape().get(1)), Initializers.glorotUniform(), Role.KERNEL),
        Weight.bound("z", z),
        Weight.bound("m", m));
  }

  @Override
  public int inputSize() {
    return (int) w.shape().get(0);
  }

  @Override
  public int outputSize() {
    return (int) w.shape().get(1);
  }

  @Override
  public StateLayout<RnnState> stateLayout() {
    return StateLayout.part("h", outputSize()).as(RnnState::new, RnnState::h);
  }

  @Override
  public CellStep<RnnState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      RnnState state,
      List<Operand<TFloat32>> masks) {
    Operand<TFloat32> turned = // the rows of M, each times its entry of h, summed up
        tf.reduceSum(
            tf.math.mul(tf.expandDims(state.h(), tf.constant(2)), values.of(m)), tf.constant(1));
    Operand<TFloat32> sums = tf.math.add(values.product(tf, projected.get(0), w), values.of(z));
    Operand<TFloat32> h = tf.math.tanh(tf.math.add(sums, turned));
    return new CellStep<>(h, new RnnState(h));
  }
}

// docs/cells.md ends
