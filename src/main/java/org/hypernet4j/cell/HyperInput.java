// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A small cell whose input is [x; h]: the external input, then the main cell's last output. The
 * external half is projected ahead of the loop if the small cell reads its input through one
 * matrix.
 */
final class HyperInput<H> {
  private final RnnCell<H> cell;
  private final JoinedInput input;

  private HyperInput(RnnCell<H> cell, int outside) {
    this.cell = cell;
    this.input = new JoinedInput(cell, outside, cell.inputSize() - outside);
  }

  static <H> HyperInput<H> make(
      String where, ParameterScope scope, int inputSize, int units, SmallCell<H> maker) {
    RnnCell<H> cell = maker.make(scope.child("hyper"), inputSize + units);
    if (cell.inputSize() != inputSize + units) {
      throw UserError.in(where)
          .what("the small cell has the wrong input size")
          .expected((inputSize + units) + ", the input and the main cell's output together")
          .received(cell.inputSize())
          .build();
    }
    return new HyperInput<>(cell, inputSize);
  }

  /** Size of the small cell's output, M. */
  int outputSize() {
    return cell.outputSize();
  }

  /** The small cell's state, below the scope {@code hyper}. */
  StateLayout<H> stateLayout() {
    return cell.stateLayout().below("hyper");
  }

  /** The small cell's masks. */
  List<StatePart> maskParts() {
    return cell.maskParts().stream().map(part -> part.below("hyper")).toList();
  }

  /**
   * The tensors that {@link #project} returns.
   *
   * @param main size of the main cell's part of it
   */
  List<StatePart> projectionParts(int main) {
    return List.of(new StatePart("gates", main), input.projectionParts("hyper").get(0));
  }

  /**
   * The tensors that depend on the input alone: the main cell's product, and the small cell's or,
   * if that is not a product with one matrix, the input itself.
   *
   * @param kernel the main cell's own input matrix
   */
  List<Operand<TFloat32>> project(
      Ops tf, CellValues values, Parameter kernel, Operand<TFloat32> x) {
    return List.of(
        Precision.of(tf).matMul(tf, x, values.of(kernel)), input.project(tf, values, x).get(0));
  }

  /** The matrices of both products with the input; none if the small cell has no such matrix. */
  List<Parameter> inputMatrices(Parameter kernel) {
    LinearInput<?> linear = cell.linearInput();
    return linear == null ? List.of() : List.of(kernel, linear.inputMatrix());
  }

  /** As {@link #project}, for one-hot inputs. */
  List<Operand<TFloat32>> projectOneHot(
      Ops tf, CellValues values, Parameter kernel, Operand<TInt32> ids) {
    return List.of(
        tf.gather(values.of(kernel), ids, tf.constant(0)),
        input.projectOneHot(tf, values, ids).get(0));
  }

  /** One step of the small cell. */
  CellStep<H> advance(
      Ops tf,
      CellValues values,
      Operand<TFloat32> projected,
      Operand<TFloat32> h,
      H state,
      List<Operand<TFloat32>> masks) {
    List<Operand<TFloat32>> joined = input.join(tf, values, List.of(projected), List.of(h));
    return cell.advance(tf, values, joined, state, masks);
  }
}
