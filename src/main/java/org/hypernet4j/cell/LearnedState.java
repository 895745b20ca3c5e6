// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * An initial state that is learned: one vector for each part of the state, the same for every
 * sequence of a batch, zero at first.
 *
 * <p>Parameters: {@code initial/<part>/value [size]}.
 *
 * @param <S> the cell's state
 */
public final class LearnedState<S> {
  private final RnnCell<S> cell;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * Creates the parameters.
   *
   * @param scope usually that of the cell
   */
  public LearnedState(ParameterScope scope, RnnCell<S> cell) {
    this.cell = cell;
    for (StatePart part : cell.stateLayout().parts()) {
      parameters.add(
          scope
              .child("initial/" + part.name())
              .parameter("value", Shape.of(part.size()), Initializers.zeros(), Role.BIAS));
    }
  }

  /** The parameters, one for each part of the state. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /**
   * The state for a batch.
   *
   * @param batch its size, a scalar
   */
  public S of(Ops tf, Operand<TInt32> batch) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (Parameter parameter : parameters) {
      Operand<TFloat32> row = tf.expandDims(parameter.value(), tf.constant(0));
      parts.add(tf.tile(row, tf.stack(List.of(batch, tf.constant(1)))));
    }
    return cell.stateLayout().state(parts);
  }
}
