// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.List;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReverseSequence;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Two cells over the same sequences, one from the start, one from the end.
 *
 * @param outputs the outputs of both, {@code [time, batch, forwards + backwards]}, each at the step
 *     whose input it has just read
 * @param forwards the first cell's last state
 * @param backwards the second cell's last state, after the first step of the sequence
 */
public record Bidirectional<S, R>(Operand<TFloat32> outputs, S forwards, R backwards) {

  private static final String WHERE = "bidirectional scan";

  /**
   * Runs both cells. With lengths each sequence is reversed within its own length.
   *
   * @param xs inputs, {@code [time, batch, inputSize]}
   * @param options with the dropout masks of the first cell, then those of the second, if there are
   *     any; each step of a mask belongs to the same step of xs. Make the masks of each cell with a
   *     dropout name of its own: with one name both directions would drop the same entries
   */
  public static <S, R> Bidirectional<S, R> run(
      Ops tf,
      RnnCell<S> forwards,
      S forwardsInitial,
      RnnCell<R> backwards,
      R backwardsInitial,
      Operand<TFloat32> xs,
      ScanOptions options) {
    int own = forwards.maskParts().size();
    int all = own + backwards.maskParts().size();
    if (!options.masks().isEmpty() && options.masks().size() != all) {
      throw UserError.in(WHERE)
          .what("one list of masks cannot serve two cells")
          .expected(all + " masks, those of the first cell, then those of the second")
          .received(options.masks().size())
          .build();
    }
    Scan.requireSameGraph(tf, forwards, xs, forwardsInitial, options);
    Scan.requireSameGraph(tf, backwards, xs, backwardsInitial, options);
    Operand<TFloat32> inputs = Scan.inputs(tf, WHERE, forwards, xs);
    TimeMajor.require(WHERE, xs, forwards.stateLayout().tensors(forwardsInitial));
    Shapes.require(WHERE, "xs of the cell backwards", xs, -1, -1, backwards.inputSize());
    Operand<TInt32> lengths = options.lengths();
    SequenceMask mask = lengths == null ? null : SequenceMask.of(tf, WHERE, lengths, inputs);
    ScanOptions there = options;
    ScanOptions back = options;
    if (!options.masks().isEmpty()) {
      there = options.withMasks(options.masks().subList(0, own));
      Operand<TInt32> sizes = tf.shape(inputs);
      boolean unknown = inputs.shape().isUnknown();
      List<Operand<TFloat32>> checked =
          CellShapes.require(
              tf,
              WHERE,
              "mask",
              backwards.maskParts(),
              options.masks().subList(own, all),
              () -> tf.slice(sizes, tf.constant(new int[] {0}), tf.constant(new int[] {2})),
              unknown ? -1 : inputs.shape().get(0),
              unknown ? -1 : inputs.shape().get(1));
      back = options.withMasks(checked.stream().map(one -> reverse(tf, one, mask)).toList());
    }
    ScanResult<S> first = Scan.run(tf, forwards, inputs, forwardsInitial, there, mask);
    // padding stays where it is when a sequence is reversed: one mask serves both
    ScanResult<R> second =
        Scan.run(tf, backwards, reverse(tf, inputs, mask), backwardsInitial, back, mask);
    Operand<TFloat32> outputs =
        tf.concat(List.of(first.outputs(), reverse(tf, second.outputs(), mask)), tf.constant(2));
    return new Bidirectional<>(outputs, first.finalState(), second.finalState());
  }

  private static Operand<TFloat32> reverse(
      Ops tf, Operand<TFloat32> series, @Nullable SequenceMask mask) {
    return mask == null
        ? tf.reverse(series, tf.constant(new int[] {0}))
        : tf.reverseSequence(series, mask.lengths(), 0L, ReverseSequence.batchDim(1L));
  }
}
