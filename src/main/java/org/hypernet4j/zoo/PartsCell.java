// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.DropoutMasks;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.nn.Dropout;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.ScanResult;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A cell whose state is passed as the list of its parts, {@code [B, size]} each: models of several
 * cells, whose states are of different types, are built on it.
 */
final class PartsCell<S> {
  private final RnnCell<S> cell;
  private final String where;

  /** The outputs {@code [T, B, N_h]} of a sequence or {@code [B, N_h]} of a step, and the state. */
  record Outputs(Operand<TFloat32> outputs, List<Operand<TFloat32>> state) {}

  private PartsCell(String where, RnnCell<S> cell) {
    this.where = where;
    this.cell = cell;
  }

  /**
   * Wraps a cell.
   *
   * @param where the model, for error messages
   */
  static <S> PartsCell<S> of(String where, RnnCell<S> cell) {
    return new PartsCell<>(where, cell);
  }

  List<StatePart> parts() {
    return cell.stateLayout().parts();
  }

  List<Operand<TFloat32>> zeroState(Ops tf, Operand<TInt32> batch) {
    return cell.stateLayout().tensors(cell.zeroState(tf, batch));
  }

  /** Checks the number and the sizes of the parts of a state. */
  void requireState(List<? extends Operand<TFloat32>> state) {
    List<StatePart> parts = parts();
    if (state.size() != parts.size()) {
      throw UserError.in(where)
          .what("the state is that of another model")
          .expected(parts.size() + " parts")
          .received(state.size())
          .build();
    }
    for (int i = 0; i < parts.size(); i++) {
      StatePart part = parts.get(i);
      Shapes.require(where, "state " + part.name(), state.get(i), -1, part.size());
    }
  }

  /** Runs the cell over inputs {@code [T, B, inputSize]}. */
  Outputs scan(
      Ops tf, Operand<TFloat32> x, List<? extends Operand<TFloat32>> state, ScanOptions options) {
    ScanResult<S> scanned =
        Scan.run(tf, cell, x, cell.stateLayout().state(List.copyOf(state)), options);
    return new Outputs(scanned.outputs(), cell.stateLayout().tensors(scanned.finalState()));
  }

  /** One step of projected inputs. */
  Outputs step(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      List<? extends Operand<TFloat32>> state) {
    CellStep<S> step =
        cell.advance(
            tf, values, projected, cell.stateLayout().state(List.copyOf(state)), List.of());
    return new Outputs(step.output(), cell.stateLayout().tensors(step.state()));
  }

  /**
   * The dropout masks that the cell takes, {@code [T, B, size]}: new ones at every step.
   *
   * @param size T and B
   */
  List<Operand<TFloat32>> masks(
      Ops tf, Operand<TInt64> size, KeptShares shares, TrainingStep training) {
    return DropoutMasks.of(
        tf,
        cell,
        size,
        part ->
            new Dropout(
                (float) shares.of(part.name()), training.seed(), where + "/cell/" + part.name()),
        training.step());
  }
}
