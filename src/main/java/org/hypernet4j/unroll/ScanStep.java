package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What one step reads besides the state, as the body of a loop sees it.
 *
 * @param values stand-ins for the weights
 * @param weights the same, in the order of {@link RnnCell#weights}
 * @param projected this step's share of the projections
 * @param masks this step's dropout masks
 * @param alive which sequences still run, {@code [batch, 1]}, or null if all do
 */
record ScanStep(
    CellValues values,
    List<Operand<TFloat32>> weights,
    List<Operand<TFloat32>> projected,
    List<Operand<TFloat32>> masks,
    @Nullable Operand<TBool> alive) {

  /**
   * Carries everything into a loop's body.
   *
   * @param tf outside the loop
   * @param at the step's number, in the body
   */
  static ScanStep view(
      Loop loop,
      Ops tf,
      RnnCell<?> cell,
      ScanOptions options,
      CellValues values,
      List<Operand<TFloat32>> projected,
      Operand<TInt32> dynamicBatch,
      long batch,
      Operand<TInt32> at) {
    List<Operand<TFloat32>> weights = new ArrayList<>();
    values.list(cell.weights()).forEach(weight -> weights.add(loop.invariant(weight)));
    Operand<TInt32> lengths = options.lengths();
    Ops body = loop.body();
    return new ScanStep(
        CellValues.of(cell.weights(), weights),
        weights,
        items(loop, tf, cell.projectionParts(), projected, dynamicBatch, batch, at),
        options.masks().isEmpty()
            ? List.of()
            : items(loop, tf, cell.maskParts(), options.masks(), dynamicBatch, batch, at),
        lengths == null
            ? null
            : body.expandDims(body.math.less(at, loop.invariant(lengths)), body.constant(1)));
  }

  private static List<Operand<TFloat32>> items(
      Loop loop,
      Ops tf,
      List<StatePart> parts,
      List<Operand<TFloat32>> tensors,
      Operand<TInt32> dynamicBatch,
      long batch,
      Operand<TInt32> at) {
    List<Operand<TFloat32>> items = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      TensorSeries series =
          TensorSeries.of(tf, tensors.get(i), dynamicBatch, batch, parts.get(i).size());
      items.add(series.as(loop.invariant(series.list())).get(loop.body(), at));
    }
    return items;
  }
}
