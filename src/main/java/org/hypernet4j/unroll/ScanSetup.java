// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.internal.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The common inputs of both loops of a scan, in the graph around them.
 *
 * @param values the weights, each built once
 * @param projected the projections of the inputs, {@code [time, batch, size]} each
 * @param initial the state before the first step
 * @param given the parts of the initial state as given; sequences without any step keep them
 * @param time number of steps, a scalar
 * @param dynamicBatch size of the batch, a scalar
 * @param batch size of the batch where it is known when the graph is built, or -1
 * @param stateRows rows of the initial state where they are known when the graph is built, or -1
 */
record ScanSetup<S>(
    Ops tf,
    RnnCell<S> cell,
    ScanOptions options,
    CellValues values,
    List<Operand<TFloat32>> projected,
    S initial,
    List<Operand<TFloat32>> given,
    Operand<TInt32> time,
    Operand<TInt32> dynamicBatch,
    long batch,
    long stateRows) {

  /**
   * Checks the inputs, the initial state and the masks, replaces padding and projects the inputs.
   *
   * @param xs {@code [time, batch, inputSize]}
   * @param mask the mask of the options' lengths, or null
   */
  static <S> ScanSetup<S> of(
      Ops tf,
      RnnCell<S> cell,
      Operand<TFloat32> xs,
      S initial,
      ScanOptions options,
      @Nullable SequenceMask mask) {
    options.requireMasks("scan", cell);
    boolean unknown = xs.shape().isUnknown();
    long batch = unknown ? -1 : xs.shape().get(1);
    Operand<TInt32> shape = tf.shape(xs);
    Operand<TInt32> time = element(tf, shape, 0);
    Operand<TInt32> dynamicBatch = batch >= 0 ? tf.constant((int) batch) : element(tf, shape, 1);
    List<Operand<TFloat32>> given =
        CellShapes.require(
            tf,
            "scan",
            "initial state",
            cell.stateLayout().parts(),
            cell.stateLayout().tensors(initial),
            () -> tf.stack(List.of(dynamicBatch)),
            batch);
    List<Operand<TFloat32>> masks =
        options.masks().isEmpty()
            ? List.of()
            : CellShapes.require(
                tf,
                "scan",
                "mask",
                cell.maskParts(),
                options.masks(),
                () -> tf.stack(List.of(time, dynamicBatch)),
                unknown ? -1 : xs.shape().get(0),
                batch);
    Operand<TFloat32> inputs = xs;
    List<Operand<TFloat32>> begin = given;
    if (mask != null) {
      Operand<TFloat32> zero = tf.constant(0f);
      inputs = mask.onlyOfChecked(tf, xs);
      masks = masks.stream().map(one -> mask.onlyOfChecked(tf, one)).toList();
      begin = given.stream().map(part -> mask.ifAny(tf, part, zero)).toList();
    }
    CellValues values = CellValues.make(tf, "scan");
    Operand<TFloat32> rows = tf.reshape(inputs, tf.constant(new int[] {-1, cell.inputSize()}));
    List<StatePart> parts = cell.projectionParts();
    List<Operand<TFloat32>> flat = cell.project(tf, values, rows);
    List<Operand<TFloat32>> projected = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      projected.add(
          tf.reshape(
              flat.get(i),
              tf.stack(List.of(time, dynamicBatch, tf.constant(parts.get(i).size())))));
    }
    return new ScanSetup<>(
        tf,
        cell,
        options.withMasks(masks).withLengths(mask == null ? null : mask.lengths()),
        values,
        projected,
        cell.stateLayout().state(begin),
        given,
        time,
        dynamicBatch,
        batch,
        begin.stream()
            .filter(part -> part.shape().numDimensions() == 2)
            .mapToLong(part -> part.shape().get(0))
            .max()
            .orElse(-1));
  }

  private static Operand<TInt32> element(Ops tf, Operand<TInt32> vector, int at) {
    return tf.squeeze(tf.slice(vector, tf.constant(new int[] {at}), tf.constant(new int[] {1})));
  }

  /**
   * Whether a tensor in the body is {@code [batch, size]}, by its static shape: in a batch of
   * unknown size the rows are unknown too, or those of the initial state.
   */
  boolean ofBatch(Shape shape) {
    return shape.numDimensions() == 2
        && (shape.get(0) == batch || (batch < 0 && shape.get(0) == stateRows));
  }

  /** The initial state's parts. */
  List<Operand<TFloat32>> initialParts() {
    return cell.stateLayout().tensors(initial);
  }

  /** An empty series with room for one tensor per step. */
  TensorSeries reserve(Operand<TInt32> length, int size) {
    return TensorSeries.reserve(tf, length, dynamicBatch, batch, size);
  }

  /** One step's slice of a tensor {@code [time, batch, size]}, in a loop's body. */
  Operand<TFloat32> item(Loop loop, Operand<TFloat32> tensor, int size, Operand<TInt32> at) {
    return item(loop, TensorSeries.of(tf, tensor, dynamicBatch, batch, size), at);
  }

  /** One step's tensor of a series, in a loop's body. */
  Operand<TFloat32> item(Loop loop, TensorSeries series, Operand<TInt32> at) {
    return series.as(loop.invariant(series.list())).get(loop.body(), at);
  }

  /** The series that a loop has written, {@code [time, batch, size]}. */
  Operand<TFloat32> stack(SavedSeries kept, Loop.Results results) {
    return kept.after(results).stack(tf, dynamicBatch);
  }
}
