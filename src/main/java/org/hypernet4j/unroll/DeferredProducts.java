package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The products {@code a W} of a step whose derivative by W is formed after the loop, {@code sum
 * over t of a_t' dy_t} as one product over all rows, instead of a sum of the whole matrix at every
 * step.
 */
final class DeferredProducts {
  private static final long FROM_ROWS = 128;

  /** One product of the step. */
  private record Product(Output<TFloat32> weight, Output<TFloat32> left, Output<TFloat32> result) {}

  /** What is kept of a product: the derivative by its result, and its left side. */
  private record Series(Product product, Kept byResult, @Nullable Kept left) {}

  private final List<Product> products;
  private final Map<Output<TFloat32>, Operand<TFloat32>> knownLefts;
  private final List<Series> series = new ArrayList<>();

  private DeferredProducts(
      List<Product> products, Map<Output<TFloat32>, Operand<TFloat32>> knownLefts) {
    this.products = products;
    this.knownLefts = knownLefts;
  }

  /**
   * Finds the products of a step that has just been built.
   *
   * @param weights the step's weights, in the body
   * @param before the state before the step, in the body
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
    List<Product> products = new ArrayList<>();
    for (Operand<TFloat32> weight : weights) {
      if (weight.shape().numDimensions() == 2
          && weight.shape().get(0) > (batch < 0 ? FROM_ROWS : batch)) {
        products.addAll(productsWith(weight.asOutput()));
      }
    }
    Map<Output<TFloat32>, Operand<TFloat32>> known = new HashMap<>();
    for (int i = 0; i < before.size(); i++) {
      int part = i;
      if (products.stream().anyMatch(p -> p.left().equals(before.get(part).asOutput()))) {
        known.put(before.get(i).asOutput(), histories.get(i).before());
      } else if (products.stream().anyMatch(p -> p.left().equals(after.get(part).asOutput()))) {
        known.put(after.get(i).asOutput(), histories.get(i).after());
      }
    }
    return new DeferredProducts(products, known);
  }

  /** All uses of a weight, or nothing if one of them is not the right side of a plain product. */
  private static List<Product> productsWith(Output<TFloat32> weight) {
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
              weight, consumer.input(0).expect(TFloat32.class), consumer.<TFloat32>output(0)));
    }
    return found;
  }

  /** The weights whose derivative is not deferred. */
  List<Operand<TFloat32>> others(List<Operand<TFloat32>> weights) {
    return weights.stream()
        .filter(w -> products.stream().noneMatch(p -> p.weight().equals(w.asOutput())))
        .toList();
  }

  /** The results of the products, to differentiate by. */
  List<Operand<TFloat32>> products() {
    return products.stream().map(p -> (Operand<TFloat32>) p.result()).toList();
  }

  /**
   * Keeps what the sums need.
   *
   * @param byResults the derivative by each of {@link #products}
   * @param keep makes a series of a tensor of the body and its units
   */
  void keep(
      List<@Nullable Operand<TFloat32>> byResults,
      BiFunction<Operand<TFloat32>, Integer, Kept> keep) {
    Map<Output<TFloat32>, Kept> once = new LinkedHashMap<>();
    for (int i = 0; i < products.size(); i++) {
      Product product = products.get(i);
      Operand<TFloat32> byResult = byResults.get(i);
      if (byResult != null) {
        int columns = (int) product.weight().shape().get(1);
        int rows = (int) product.weight().shape().get(0);
        series.add(
            new Series(
                product,
                once.computeIfAbsent(byResult.asOutput(), key -> keep.apply(key, columns)),
                knownLefts.containsKey(product.left())
                    ? null
                    : once.computeIfAbsent(product.left(), key -> keep.apply(key, rows))));
      }
    }
  }

  /** The derivative by a weight, after the loop; null if it is zero. */
  @Nullable Operand<TFloat32> gradient(
      Ops tf, Operand<TFloat32> weight, Loop.Results results, Operand<TInt32> dynamicBatch) {
    List<Operand<TFloat32>> terms = new ArrayList<>();
    for (Series one : series) {
      if (one.product().weight().equals(weight.asOutput())) {
        Operand<TFloat32> left =
            one.left() == null
                ? knownLefts.get(one.product().left())
                : one.left().after(results).stack(tf, dynamicBatch);
        terms.add(
            tf.linalg.matMul(
                rows(tf, java.util.Objects.requireNonNull(left), weight.shape().get(0)),
                rows(
                    tf,
                    one.byResult().after(results).stack(tf, dynamicBatch),
                    weight.shape().get(1)),
                MatMul.transposeA(true)));
      }
    }
    return terms.isEmpty() ? null : terms.size() == 1 ? terms.get(0) : tf.math.addN(terms);
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> series, long size) {
    return tf.reshape(series, tf.constant(new int[] {-1, (int) size}));
  }
}
