// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A cell around another cell that changes a part of its step and delegates the rest. */
abstract class WrappedCell<S> implements RnnCell<S> {
  final RnnCell<S> cell;

  WrappedCell(RnnCell<S> cell) {
    this.cell = cell;
  }

  @Override
  public String where() {
    return cell.where();
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateLayout<S> stateLayout() {
    return cell.stateLayout();
  }

  @Override
  public List<StatePart> maskParts() {
    return cell.maskParts();
  }

  @Override
  public List<StatePart> projectionParts() {
    return cell.projectionParts();
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    return cell.project(tf, values, x);
  }
}
