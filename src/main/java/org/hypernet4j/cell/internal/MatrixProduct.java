// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell.internal;

import java.util.Arrays;
import java.util.List;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.internal.CustomGradient;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The product {@code left weight}, where the weight is one of the cell's and equal at every step;
 * see {@link CellValues#product}.
 */
public final class MatrixProduct implements CustomGradient {
  // a product with fewer rows takes about as long as writing its result
  private static final long ROWS_WORTH_KEEPING = 32;

  private final Operand<TFloat32> left;
  private final Operand<TFloat32> weight;
  private final boolean byWeight;
  private final Precision precision;

  public MatrixProduct(Operand<TFloat32> left, Operand<TFloat32> weight) {
    this(left, weight, true, Precision.of(left));
  }

  private MatrixProduct(
      Operand<TFloat32> left, Operand<TFloat32> weight, boolean byWeight, Precision precision) {
    this.left = left;
    this.weight = weight;
    this.byWeight = byWeight;
    this.precision = precision;
  }

  /** {@code [batch, rows]}. */
  public Operand<TFloat32> left() {
    return left;
  }

  /** {@code [rows, columns]}. */
  public Operand<TFloat32> weight() {
    return weight;
  }

  /** The precision of the product and of its derivatives. */
  public Precision precision() {
    return precision;
  }

  /** This product without the derivative by the weight, which a loop forms for all steps. */
  public MatrixProduct withoutWeight() {
    return new MatrixProduct(left, weight, false, precision);
  }

  @Override
  public List<Operand<TFloat32>> inputs() {
    return byWeight ? List.of(left, weight) : List.of(left);
  }

  @Override
  public List<Operand<TFloat32>> forward(Ops tf) {
    return List.of(precision.matMul(tf, left, weight));
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(
      Ops tf, List<Operand<TFloat32>> results, Operand<TFloat32> byValue) {
    Operand<TFloat32> byLeft = precision.matMul(tf, byValue, weight, MatMul.transposeB(true));
    return byWeight
        ? Arrays.asList(byLeft, precision.matMul(tf, left, byValue, MatMul.transposeA(true)))
        : Arrays.asList(byLeft);
  }

  @Override
  public boolean worthKeeping() {
    return weight.shape().get(0) >= ROWS_WORTH_KEEPING;
  }
}
