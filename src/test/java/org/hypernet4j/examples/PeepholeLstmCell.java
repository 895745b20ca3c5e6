// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.List;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.LinearInput;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.cell.StateLayout;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

// docs/cells.md begins
/** An LSTM whose gates see the memory (Gers and Schmidhuber, 2000): columns i, g, f, o. */
record PeepholeLstmCell(Parameter inputMatrix, Parameter recurrent, Parameter bias, Parameter peep)
    implements LinearInput<LstmState> {

  static PeepholeLstmCell make(ParameterScope scope, int inputs, int units) {
    return new PeepholeLstmCell(
        scope.parameter(
            "W_x", Shape.of(inputs, 4L * units), Initializers.glorotUniform(), Role.KERNEL),
        scope.parameter(
            "W_h", Shape.of(units, 4L * units), Initializers.glorotUniform(), Role.KERNEL),
        scope.parameter("b", Shape.of(4L * units), Initializers.zeros(), Role.BIAS),
        scope.parameter("p", Shape.of(3L * units), Initializers.zeros(), Role.KERNEL));
  }

  @Override
  public int outputSize() {
    return (int) recurrent.shape().get(0);
  }

  @Override
  public StateLayout<LstmState> stateLayout() {
    return StateLayout.pair(
        StateLayout.part("c", outputSize()),
        StateLayout.part("h", outputSize()),
        LstmState::new,
        LstmState::c,
        LstmState::h);
  }

  /** {@code projected} holds x W_x of this step: a loop forms it for all steps at once. */
  @Override
  public CellStep<LstmState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      LstmState state,
      List<Operand<TFloat32>> masks) {
    Operand<TFloat32> sums =
        tf.math.add(
            tf.math.add(projected.get(0), values.product(tf, state.h(), recurrent)),
            values.of(bias)); // values: what a step knows of the graph around it
    List<Output<TFloat32>> gate = tf.split(tf.constant(1), sums, 4L).output();
    List<Output<TFloat32>> p = tf.split(tf.constant(0), values.of(peep), 3L).output();
    Operand<TFloat32> i =
        tf.math.sigmoid(tf.math.add(gate.get(0), tf.math.mul(p.get(0), state.c())));
    Operand<TFloat32> f =
        tf.math.sigmoid(tf.math.add(gate.get(2), tf.math.mul(p.get(1), state.c())));
    Operand<TFloat32> c =
        tf.math.add(tf.math.mul(f, state.c()), tf.math.mul(i, tf.math.tanh(gate.get(1))));
    Operand<TFloat32> o = tf.math.sigmoid(tf.math.add(gate.get(3), tf.math.mul(p.get(2), c)));
    Operand<TFloat32> h = tf.math.mul(o, tf.math.tanh(c));
    return new CellStep<>(h, new LstmState(c, h));
  }
}
// docs/cells.md ends
