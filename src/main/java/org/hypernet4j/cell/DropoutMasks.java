// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.error.UserError;
import org.hypernet4j.nn.Dropout;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The dropout masks of a cell for all steps of a batch of sequences, {@code [time, batch, size]}
 * each: new ones at every time step and every training step.
 *
 * <pre>{@code
 * Dropout dropout = new Dropout(0.9f, seed, "encoder");
 * ScanOptions options =
 *     ScanOptions.training().withMasks(DropoutMasks.of(tf, cell, xs, dropout, step));
 * }</pre>
 */
public final class DropoutMasks {
  private DropoutMasks() {}

  /**
   * Masks for all parts with the same share of entries to keep.
   *
   * @param xs the sequences, {@code [time, batch, ...]}
   * @param dropout the share, the run's seed and a name, below which each part has a name of its
   *     own; masks of several cells need a name for each cell, or their masks are the same
   * @param step the training step, a scalar
   * @throws UserError if two parts have one name
   */
  public static List<Operand<TFloat32>> of(
      Ops tf, RnnCell<?> cell, Operand<?> xs, Dropout dropout, Operand<TInt64> step) {
    Operand<TInt64> size =
        tf.slice(
            tf.shape(xs, TInt64.class), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    return of(
        tf,
        cell,
        size,
        part -> new Dropout(dropout.keep(), dropout.seed(), dropout.name() + "/" + part.name()),
        step);
  }

  /**
   * Masks with a dropout of its own for each part.
   *
   * @param size time and batch, {@code [2]}
   * @param dropout returns the dropout of one of {@link RnnCell#maskParts}
   * @param step the training step, a scalar
   * @throws UserError if two parts have one name, or dropouts of one name and seed
   */
  public static List<Operand<TFloat32>> of(
      Ops tf,
      RnnCell<?> cell,
      Operand<TInt64> size,
      Function<StatePart, Dropout> dropout,
      Operand<TInt64> step) {
    List<StatePart> parts = cell.maskParts();
    requireDistinct("parts", parts.stream().map(StatePart::name).toList());
    List<Dropout> dropouts = parts.stream().map(dropout).toList();
    requireDistinct(
        "dropouts",
        dropouts.stream()
            .filter(own -> own.keep() < 1f)
            .map(own -> own.name() + " with seed " + own.seed())
            .toList());
    List<Operand<TFloat32>> masks = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Operand<TInt64> shape =
          tf.concat(List.of(size, tf.constant(new long[] {parts.get(i).size()})), tf.constant(0));
      Dropout own = dropouts.get(i);
      masks.add(own.keep() == 1f ? tf.fill(shape, tf.constant(1f)) : own.mask(tf, shape, step));
    }
    return masks;
  }

  /** A mask is a function of its name: two of one name would drop the same entries twice. */
  private static void requireDistinct(String what, List<String> names) {
    if (names.stream().distinct().count() < names.size()) {
      throw UserError.in("dropout masks of a cell")
          .what("two " + what + " have one name, so their masks would be the same")
          .expected("a name for each mask")
          .received(String.join(", ", names))
          .next("name each of the cell's maskParts(), and its dropout, differently")
          .build();
    }
  }
}
