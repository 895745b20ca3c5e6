// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.internal.CustomGradientBuilder;
import org.hypernet4j.graph.internal.CustomGradient;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The pieces of a step with a known derivative, in the order in which the cell builds them, as the
 * forward loop sees them: their results are kept for the backward loop where that is worthwhile.
 */
final class SavingPieces implements CustomGradientBuilder {
  private final boolean keeping;
  private final ScanSetup<?> setup;
  private final List<List<Integer>> sizes = new ArrayList<>();
  private final List<Operand<TFloat32>> kept = new ArrayList<>();

  /** Creates an empty list of pieces, before the step is built. */
  SavingPieces(ScanSetup<?> setup) {
    this.keeping = setup.options().keepsPieces();
    this.setup = setup;
  }

  @Override
  public Operand<TFloat32> build(Ops tf, CustomGradient piece) {
    List<Operand<TFloat32>> results = piece.forward(tf);
    boolean fits = results.stream().allMatch(result -> fits(result.shape()));
    List<Integer> own = new ArrayList<>();
    if (keeping && piece.worthKeeping() && fits) {
      kept.addAll(results);
      results.forEach(result -> own.add((int) result.shape().get(1)));
    }
    sizes.add(own);
    return results.get(0);
  }

  /** Whether a series can hold such tensors. */
  private boolean fits(Shape shape) {
    return setup.ofBatch(shape) && shape.get(1) > 0;
  }

  /** The sizes of each piece's kept results; an empty list for a piece that is computed again. */
  List<List<Integer>> sizes() {
    return List.copyOf(sizes);
  }

  /** All kept results, in one list. */
  List<Operand<TFloat32>> all() {
    return List.copyOf(kept);
  }
}
