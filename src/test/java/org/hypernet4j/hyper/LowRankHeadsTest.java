// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.hyper.PlainHypernetwork.N_C;
import static org.hypernet4j.hyper.PlainHypernetwork.beside;
import static org.hypernet4j.hyper.PlainHypernetwork.get;
import static org.hypernet4j.hyper.PlainHypernetwork.hidden;
import static org.hypernet4j.hyper.PlainHypernetwork.scaled;
import static org.hypernet4j.hyper.PlainMaths.affine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.ParameterScope;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Generated changes of low rank against their equation, and how they begin. */
class LowRankHeadsTest {
  private static final int RANK = 2;

  private static final WeightTable TABLE =
      WeightTable.empty()
          .with("conv/kernel", WeightShape.conv2d(2, 1, 3))
          .with("dense/kernel", WeightShape.dense(5, 4));

  /** The products {@code s A B} as if they were the weights, with all their gradients. */
  private record Products(LowRankHeads.Settings settings) implements ConditionalSource {
    @Override
    public Hypernetwork conditioned(ParameterScope scope, WeightTable table, int conditionSize) {
      LowRankHeads heads =
          new LowRankHeads(
              scope, settings, table, List.copyOf(table.shapes().keySet()), conditionSize);
      return new Hypernetwork() {
        @Override
        public int conditionSize() {
          return heads.conditionSize();
        }

        @Override
        public WeightTable table() {
          return table;
        }

        @Override
        public Map<String, Operand<TFloat32>> generate(Ops tf, Condition condition) {
          Map<String, Operand<TFloat32>> products = new LinkedHashMap<>();
          heads
              .generate(tf, condition)
              .forEach(
                  (name, change) -> products.put(name, product(tf, change, shape(table, name))));
          return products;
        }
      };
    }

    private static long[] shape(WeightTable table, String name) {
      return Objects.requireNonNull(table.shapes().get(name)).shape().asArray();
    }

    private static Operand<TFloat32> product(Ops tf, LowRankChange change, long[] shape) {
      Operand<TFloat32> product = tf.train.batchMatMul(change.a(), change.b(), TFloat32.class);
      long[] sizes =
          change.hasRows()
              ? LongStream.concat(LongStream.of(change.a().shape().get(0)), LongStream.of(shape))
                  .toArray()
              : shape;
      return tf.math.mul(tf.reshape(product, tf.constant(sizes)), tf.constant(change.scale()));
    }

    /**
     * 3 + 2 numbers to 6, once; twice 2; then (6 + 1) m r + 6 r n with m x n of 4 x 3 and 5 x 4.
     */
    @Override
    public long parameterCount(WeightTable table, int conditionSize) {
      return 6 * 6 + 2 * 2 + (7 * 4 + 6 * 3) * RANK + (7 * 5 + 6 * 4) * RANK;
    }
  }

  @Test
  void changesFollowTheirEquation() {
    HypernetworkCheck.check(
        new Products(new LowRankHeads.Settings(RANK, 1.5f, 2, List.of(6))),
        TABLE,
        N_C,
        (p, c) -> {
          Map<String, double[]> products = new LinkedHashMap<>();
          products.put("conv/kernel", product(p, "conv", c, 4, 3));
          products.put("dense/kernel", product(p, "dense", c, 5, 4));
          return products;
        });
  }

  private static double[] product(Map<String, double[]> p, String layer, double[] c, int m, int n) {
    double[] h = hidden(p, "generator", beside(c, get(p, "embeddings/" + layer + "/z"), 2), 5, 6);
    String scope = "generator/" + layer;
    double[] a = affine(h, get(p, scope + "/a/H"), get(p, scope + "/a/B"), 6, m * RANK);
    double[] b = affine(h, get(p, scope + "/b/H"), null, 6, RANK * n);
    return scaled(affine(a, b, null, RANK, n), 1.5);
  }

  /**
   * B is zero and A is not: of its variance, 1 / m comes from A_0, and as much from the condition.
   * 16 x 8 numbers for each of 40 conditions, which share 512 hidden numbers: 20 % is more than
   * three deviations.
   */
  @Test
  void beginWithNoChangeAndAFactorThatIsNotZero() {
    try (TestGraph test = new TestGraph(5)) {
      Ops tf = test.tf;
      WeightTable table = WeightTable.empty().dense("dense", 16, 12);
      LowRankHeads heads =
          new LowRankHeads(
              test.store.root(),
              new LowRankHeads.Settings(8, 1, 32, List.of(512)),
              table,
              List.of("dense/kernel"),
              32);
      LowRankChange change =
          Objects.requireNonNull(
              heads
                  .generate(tf, Condition.noise(tf, 40, 32, 1, "c", tf.constant(0L)))
                  .get("dense/kernel"));
      test.store.initialize(test.session);
      Fetched values = Fetched.of(test.session, Map.of("a", change.a(), "b", change.b()));
      assertThat(values.get("b")).hasSize(40 * 8 * 12).containsOnly(0f);
      double square = 0;
      for (float a : values.get("a")) {
        square += (double) a * a / values.get("a").length;
      }
      assertThat(square * 16).isCloseTo(2, within(0.4));
    }
  }
}
