package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * The products {@code a W} of a step whose derivative by W is formed after the loop, {@code sum
 * over t of a_t' dy_t} as one product over all rows, instead of a sum of the whole matrix at every
 * step.
 */
final class DeferredProducts {
  private static final long FROM_ROWS = 128;

  /** One product of the step; weights are numbered. */
  private record Product(int weight, Output<TFloat32> left, Output<TFloat32> result) {}

  /** What is kept of a product: the derivative by its result, and its left side. */
  private record Series(Product product, Kept byResult, @Nullable Kept left) {}

  private final List<Product> products = new ArrayList<>();
  private final List<Operand<TFloat32>> weights;
  private final Map<Output<TFloat32>, StateHistory> before = new HashMap<>();
  private final Map<Output<TFloat32>, StateHistory> after = new HashMap<>();
  private final Map<Product, Operand<TFloat32>> byResult = new LinkedHashMap<>();
  private final Map<Output<TFloat32>, Operand<TFloat32>> leftOutside = new HashMap<>();
  private final List<Series> series = new ArrayList<>();

  private DeferredProducts(List<Operand<TFloat32>> weights) {
    this.weights = weights;
  }

  /**
   * Finds the products of a step that has just been built.
   *
   * @param weights the step's weights
   * @param before the state before the step
   * @param after the state after it
   * @param histories all states, outside
   * @param batch static size of the batch or -1
   */
  static DeferredProducts find(
      List<Operand<TFloat32>> weights,
      List<Operand<TFloat32>> before,
      List<Operand<TFloat32>> after,
      List<StateHistory> histories,
      long batch) {
    DeferredProducts found = new DeferredProducts(weights);
    for (int i = 0; i < weights.size(); i++) {
      Operand<TFloat32> weight = weights.get(i);
      if (weight.shape().numDimensions() == 2
          && weight.shape().get(0) > (batch < 0 ? FROM_ROWS : batch)) {
        found.products.addAll(productsWith(i, weight.asOutput()));
      }
    }
    for (int i = 0; i < histories.size(); i++) {
      found.before.put(before.get(i).asOutput(), histories.get(i));
      found.after.put(after.get(i).asOutput(), histories.get(i));
    }
    return found;
  }

  /** All uses of a weight, or nothing if one of them is not the right side of a plain product. */
  private static List<Product> productsWith(int number, Output<TFloat32> weight) {
    List<Product> found = new ArrayList<>();
    GraphOperation op = (GraphOperation) weight.op();
    if (op.numConsumers(weight.index()) == 0) {
      return found;
    }
    for (GraphOperation consumer : op.consumers(weight.index())) {
      boolean plain =
          consumer.type().equals(MatMul.OP_NAME)
              && consumer.input(1).equals(weight)
              && !consumer.input(0).equals(weight)
              && !consumer.attributes().getAttrBool("transpose_a")
              && !consumer.attributes().getAttrBool("transpose_b");
      if (!plain) {
        return List.of();
      }
      found.add(
          new Product(
              number, consumer.input(0).expect(TFloat32.class), consumer.<TFloat32>output(0)));
    }
    return found;
  }

  /** Whether a weight gets its derivative from here. */
  boolean covers(Operand<TFloat32> weight) {
    return products.stream().anyMatch(p -> weights.get(p.weight()).equals(weight));
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
   * Takes what has left the step.
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
   * Keeps what the sums need.
   *
   * @param keep makes a series of a tensor of the body and its units
   */
  void keep(BiFunction<Operand<TFloat32>, Integer, Kept> keep) {
    Map<Output<TFloat32>, Kept> once = new HashMap<>();
    byResult.forEach(
        (product, gradient) -> {
          Shape shape = weights.get(product.weight()).shape();
          Operand<TFloat32> left = leftOutside.get(product.left());
          series.add(
              new Series(
                  product,
                  once.computeIfAbsent(
                      gradient.asOutput(), key -> keep.apply(key, (int) shape.get(1))),
                  left == null
                      ? null
                      : once.computeIfAbsent(
                          left.asOutput(), key -> keep.apply(key, (int) shape.get(0)))));
        });
  }

  /** The derivative by a weight, after the loop; null if it is zero. */
  @Nullable Operand<TFloat32> gradient(ScanSetup<?> setup, int weight, Loop.Results ended) {
    Ops tf = setup.tf();
    Shape shape = weights.get(weight).shape();
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (Series one : series) {
      if (one.product().weight() == weight) {
        Kept kept = one.left();
        Operand<TFloat32> left =
            kept == null ? known(one.product().left()) : setup.stack(kept, ended);
        terms.add(
            tf.linalg.matMul(
                rows(tf, left, shape.get(0)),
                rows(tf, setup.stack(one.byResult(), ended), shape.get(1)),
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
