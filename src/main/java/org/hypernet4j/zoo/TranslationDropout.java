// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.cell.DropoutMasks;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.nn.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The dropout of a translation model in a training step: of the input of every cell, the context
 * included; of the top layer's output; and of what the masks of the cells multiply.
 *
 * @param keep {@code input} is the share of every cell's input that is kept, {@code between} is not
 *     used
 */
record TranslationDropout(Keep keep, TrainingStep training) {
  private static final String NAME = "translation/";

  /** The mask of the context that a cell reads, named so by {@code AttendingCell}. */
  static final String CONTEXT = "context";

  /** Drops entries of a cell's input, anew at every position. */
  Operand<TFloat32> input(Ops tf, String cell, Operand<TFloat32> x) {
    return of(keep.input(), cell + "/input").apply(tf, x, training.step());
  }

  /** Drops entries of the top layer's output. */
  Operand<TFloat32> output(Ops tf, Operand<TFloat32> x) {
    return of(keep.output(), "output").apply(tf, x, training.step());
  }

  /**
   * The masks that a cell takes, {@code [T, B, size]} each.
   *
   * @param x any series {@code [T, B, ...]} of the batch
   */
  List<Operand<TFloat32>> masks(Ops tf, String name, RnnCell<?> cell, Operand<TFloat32> x) {
    KeptShares shares = shares(cell, keep);
    Operand<TInt64> size =
        tf.slice(tf.shape(x, TInt64.class), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    return DropoutMasks.of(
        tf,
        cell,
        size,
        part ->
            of(
                part.name().equals(CONTEXT) ? keep.input() : shares.of(part.name()),
                name + "/" + part.name()),
        training.step());
  }

  /** Checks that a cell has a mask for each share below 1. */
  static KeptShares shares(RnnCell<?> cell, Keep keep) {
    return new KeptShares("translation model", cell, keep);
  }

  private Dropout of(double share, String name) {
    return new Dropout((float) share, training.seed(), NAME + name);
  }
}
