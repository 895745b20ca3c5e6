// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.cell.internal.CustomGradientBuilder;
import org.hypernet4j.cell.internal.MatrixProduct;
import org.hypernet4j.graph.internal.CustomGradient;
import org.hypernet4j.graph.internal.CustomGradients;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The pieces of {@link SavingPieces} in the backward loop: kept results are read instead of
 * computed, and every piece has its derivative in closed form.
 */
final class RestoringPieces implements CustomGradientBuilder {
  private final List<List<TensorSeries>> kept;
  private final Function<TensorSeries, Operand<TFloat32>> read;
  private final DeferredProducts deferred;
  private int next;

  /**
   * Starts at the first piece, before the step is built again.
   *
   * @param kept for each piece the results of all steps; empty where none were kept
   * @param read returns this step's tensor of a series
   * @param deferred receives the products whose derivative by the weight is formed after the loop
   */
  RestoringPieces(
      List<List<TensorSeries>> kept,
      Function<TensorSeries, Operand<TFloat32>> read,
      DeferredProducts deferred) {
    this.kept = kept;
    this.read = read;
    this.deferred = deferred;
  }

  @Override
  public Operand<TFloat32> build(Ops tf, CustomGradient piece) {
    List<Operand<TFloat32>> results = new ArrayList<>();
    kept.get(next++).forEach(series -> results.add(read.apply(series)));
    if (results.isEmpty()) {
      results.addAll(piece.forward(tf));
    }
    if (!CustomGradients.available()) {
      return results.get(0); // nothing is kept then
    }
    if (piece instanceof MatrixProduct product && deferred.takes(product)) {
      Operand<TFloat32> value = CustomGradients.attach(tf, product.withoutWeight(), results);
      deferred.add(product, value);
      return value;
    }
    return CustomGradients.attach(tf, piece, results);
  }
}
