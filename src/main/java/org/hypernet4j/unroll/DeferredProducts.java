// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.cell.internal.MatrixProduct;
import org.hypernet4j.graph.internal.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The products {@code a W} of a step whose derivative by W is formed after the loop, {@code sum
 * over t of a_t' dy_t} as one product over all rows, instead of adding up the whole matrix at every
 * step.
 */
final class DeferredProducts {
  private static final long FROM_ROWS = 128;

  private final ScanSetup<?> setup;
  private final long fromRows;

  /** One product of the step. */
  private record Product(MatrixProduct made, Output<TFloat32> result) {
    Output<TFloat32> left() {
      return made.left().asOutput();
    }

    long rows() {
      return made.weight().shape().get(0);
    }

    long columns() {
      return made.weight().shape().get(1);
    }
  }

  /** The kept series of a product: the derivative by its result, and its left side. */
  private record Series(Product product, SavedSeries byResult, @Nullable SavedSeries left) {}

  private final List<Product> products = new ArrayList<>();
  private final Map<Output<TFloat32>, StateHistory> before = new HashMap<>();
  private final Map<Output<TFloat32>, StateHistory> after = new HashMap<>();
  private final Map<Product, Operand<TFloat32>> byResult = new LinkedHashMap<>();
  private final Map<Output<TFloat32>, Operand<TFloat32>> leftOutside = new HashMap<>();
  private final List<Series> series = new ArrayList<>();

  /** Creates an empty set of products, before the step is built. */
  DeferredProducts(ScanSetup<?> setup) {
    this.setup = setup;
    this.fromRows = setup.batch() < 0 ? FROM_ROWS : setup.batch() + 1;
  }

  /**
   * Whether the derivative by a product's weight is better formed after the loop. A product whose
   * rows are known not to be the batch's fits into no series.
   */
  boolean takes(MatrixProduct product) {
    Shape left = product.left().shape();
    boolean fits = left.get(0) < 0 || setup.ofBatch(left);
    return fits && product.weight().shape().get(0) >= fromRows;
  }

  /**
   * Adds a product.
   *
   * @param value its value, whose derivative is kept
   */
  void add(MatrixProduct product, Operand<TFloat32> value) {
    products.add(new Product(product, value.asOutput()));
  }

  /**
   * Takes the states after the step is built: the left side of a product is not kept a second time
   * if it is one of them.
   *
   * @param statesBefore the states before the step
   * @param statesAfter the states after the step
   * @param histories all states, outside the loop
   */
  void states(
      List<Operand<TFloat32>> statesBefore,
      List<Operand<TFloat32>> statesAfter,
      List<StateHistory> histories) {
    for (int i = 0; i < histories.size(); i++) {
      before.put(statesBefore.get(i).asOutput(), histories.get(i));
      after.put(statesAfter.get(i).asOutput(), histories.get(i));
    }
  }

  /** The results of the products, to differentiate by. */
  List<Operand<TFloat32>> results() {
    return products.stream().map(p -> (Operand<TFloat32>) p.result()).toList();
  }

  /** The left sides that are no part of the state, each once. */
  List<Operand<TFloat32>> unknownLefts() {
    return products.stream()
        .map(Product::left)
        .filter(left -> !before.containsKey(left) && !after.containsKey(left))
        .distinct()
        .map(left -> (Operand<TFloat32>) left)
        .toList();
  }

  /**
   * Takes the tensors that leave the step.
   *
   * @param byResults the derivative by each of {@link #results}, null for zero
   * @param lefts those of {@link #unknownLefts}
   */
  void found(List<@Nullable Operand<TFloat32>> byResults, List<Operand<TFloat32>> lefts) {
    for (int i = 0; i < products.size(); i++) {
      Operand<TFloat32> gradient = byResults.get(i);
      if (gradient != null) {
        byResult.put(products.get(i), gradient);
      }
    }
    for (int i = 0; i < lefts.size(); i++) {
      leftOutside.put(unknownLefts().get(i).asOutput(), lefts.get(i));
    }
  }

  /**
   * Keeps the series that the sums need.
   *
   * @param keep makes a series from a tensor of the body and its number of units
   */
  void keep(BiFunction<Operand<TFloat32>, Integer, SavedSeries> keep) {
    Map<Output<TFloat32>, SavedSeries> once = new HashMap<>();
    byResult.forEach(
        (product, gradient) -> {
          Operand<TFloat32> left = leftOutside.get(product.left());
          series.add(
              new Series(
                  product,
                  once.computeIfAbsent(
                      gradient.asOutput(), key -> keep.apply(key, (int) product.columns())),
                  left == null
                      ? null
                      : once.computeIfAbsent(
                          left.asOutput(), key -> keep.apply(key, (int) product.rows()))));
        });
  }

  /**
   * The derivative by a weight, after the loop; null if it is zero.
   *
   * @param weight as the step saw it
   */
  @Nullable Operand<TFloat32> gradient(
      ScanSetup<?> setup, Operand<TFloat32> weight, Loop.Results ended) {
    Ops tf = setup.tf();
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (Series one : series) {
      Product product = one.product();
      if (product.made().weight().equals(weight)) {
        SavedSeries kept = one.left();
        Operand<TFloat32> left = kept == null ? known(product.left()) : setup.stack(kept, ended);
        terms.add(
            product
                .made()
                .precision()
                .matMul(
                    tf,
                    rows(tf, left, product.rows()),
                    rows(tf, setup.stack(one.byResult(), ended), product.columns()),
                    MatMul.transposeA(true)));
      }
    }
    return terms.isEmpty() ? null : terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
  }

  private Operand<TFloat32> known(Output<TFloat32> left) {
    StateHistory early = before.get(left);
    return early != null ? early.before() : Objects.requireNonNull(after.get(left)).after();
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> series, long size) {
    return tf.reshape(series, tf.constant(new int[] {-1, (int) size}));
  }
}
