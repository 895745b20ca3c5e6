// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.List;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.device.internal.Xla;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.CustomGradients;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Options of a {@link Scan} and, as far as they apply, of a {@link StaticUnroll}.
 *
 * @param lengths steps of each sequence, {@code [batch]}, or null if all have the full length. Past
 *     its end a sequence keeps its state, and its outputs are zero; padding in inputs and masks,
 *     even NaN, reaches neither results nor derivatives. Lengths below 0 count as 0, those beyond
 *     the end as the full length, see {@link #requireLengths}
 * @param masks the dropout masks of {@link RnnCell#maskParts} for all steps, {@code [time, batch,
 *     size]} each; empty for none
 * @param withoutDropout whether a cell with dropout may be trained without masks
 * @param differentiable whether states are kept for a gradient; without, only outputs are stored
 * @param compiled whether XLA compiles the step; see {@link #withXla}
 * @param recomputing whether only states are kept; see {@link #withRecomputing}
 */
public record ScanOptions(
    @Nullable Operand<TInt32> lengths,
    List<Operand<TFloat32>> masks,
    boolean withoutDropout,
    boolean differentiable,
    boolean compiled,
    boolean recomputing) {
  /** Copies the list. */
  public ScanOptions {
    masks = List.copyOf(masks);
  }

  /** For training: full lengths, with a gradient; a cell with dropout needs masks. */
  public static ScanOptions training() {
    return new ScanOptions(null, List.of(), false, true, false, false);
  }

  /** For inference: full lengths, no dropout, no gradient. */
  public static ScanOptions inference() {
    return new ScanOptions(null, List.of(), false, false, false, false);
  }

  /** With a length for each sequence. */
  public ScanOptions withLengths(@Nullable Operand<TInt32> value) {
    return new ScanOptions(value, masks, withoutDropout, differentiable, compiled, recomputing);
  }

  /**
   * With dropout masks; {@link org.hypernet4j.cell.DropoutMasks} makes them.
   *
   * @param values one for each of {@link RnnCell#maskParts}, {@code [time, batch, size]}
   */
  public ScanOptions withMasks(List<? extends Operand<TFloat32>> values) {
    return new ScanOptions(
        lengths, List.copyOf(values), withoutDropout, differentiable, compiled, recomputing);
  }

  /**
   * Without dropout, although the cell supports it: only then may such a cell be trained without
   * masks.
   */
  public ScanOptions withNoDropout() {
    return new ScanOptions(lengths, List.of(), true, differentiable, compiled, recomputing);
  }

  /**
   * With the step compiled by XLA, for each size of batch when it first occurs. Where XLA is not
   * available the step runs op by op, and one warning reports it.
   */
  public ScanOptions withXla(boolean value) {
    return new ScanOptions(
        lengths, masks, withoutDropout, differentiable, value && Xla.isAvailable(), recomputing);
  }

  /**
   * Keeps only the states for the gradient and computes all else again from them: less memory, more
   * time. Otherwise the results of large products and of layer normalisation are kept too.
   */
  public ScanOptions withRecomputing(boolean value) {
    return new ScanOptions(lengths, masks, withoutDropout, differentiable, compiled, value);
  }

  /**
   * Refuses to train a cell with dropout without masks: it would silently be trained without
   * dropout.
   */
  void requireMasks(String where, RnnCell<?> cell) {
    List<String> parts = cell.maskParts().stream().map(StatePart::name).toList();
    if (differentiable && masks.isEmpty() && !withoutDropout && !parts.isEmpty()) {
      throw UserError.in(where)
          .what("a cell with recurrent dropout is trained without masks")
          .expected("a mask [time, batch, size] for each of " + parts)
          .received("none")
          .next(
              "make them with DropoutMasks.of(...) and pass them to withMasks(...); for training"
                  + " without dropout say withNoDropout(), without a gradient"
                  + " ScanOptions.inference()")
          .build();
    }
  }

  /** Whether the forward loop keeps more than the states. */
  boolean keepsPieces() {
    return differentiable && !recomputing && CustomGradients.available();
  }

  /**
   * Checks lengths before they are fed: the loop itself counts those below 0 as 0 and those beyond
   * the end as the full length.
   *
   * @param steps number of steps of the sequences that are fed with them
   * @return the lengths, unchanged
   * @throws UserError if a length does not fit; it names the first such
   */
  public static int[] requireLengths(int steps, int... lengths) {
    for (int row = 0; row < lengths.length; row++) {
      if (lengths[row] < 0 || lengths[row] > steps) {
        throw UserError.in("scan")
            .what("the length of sequence " + row + " (counted from 0) does not fit")
            .expected("0 to " + steps + ", the steps that are fed")
            .received(lengths[row])
            .build();
      }
    }
    return lengths;
  }
}
