// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.core.ResourceGather;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;

/** The numbers: finite differences, and float64 by hand. */
class GradientsTest {
  private static Operand<TFloat32> gradient(Operand<TFloat32> loss, Parameter parameter) {
    return Gradients.of(loss, List.of(parameter)).values().iterator().next();
  }

  /**
   * Two layers with tanh and a softmax loss; central differences of the loss that TensorFlow gives.
   */
  @Test
  void agreeWithFiniteDifferences() {
    try (TestGraph g = new TestGraph(11)) {
      Parameter w1 = g.parameter("w1", 3, 5);
      Parameter b1 = g.parameter("b1", 5);
      Parameter w2 = g.parameter("w2", 5, 4);
      Operand<TFloat32> x = g.tf.constant(new float[][] {{0.3f, -1, 0.5f}, {1.2f, 0.1f, -0.7f}});
      Operand<TFloat32> hidden =
          g.tf.math.tanh(g.tf.math.add(g.tf.linalg.matMul(x, w1.value()), b1.value()));
      Operand<TFloat32> logits = g.tf.linalg.matMul(hidden, w2.value());
      Operand<TFloat32> loss =
          g.sum(
              g.tf
                  .nn
                  .sparseSoftmaxCrossEntropyWithLogits(logits, g.tf.constant(new int[] {2, 0}))
                  .loss());
      List<Parameter> parameters = List.of(w2, w1, b1);
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, parameters);
      assertThat(gradients.keySet()).containsExactly(w2, w1, b1);
      g.store.initialize(g.session);
      float step = 1f / 64;
      for (Map.Entry<Parameter, Operand<TFloat32>> entry : gradients.entrySet()) {
        Parameter parameter = entry.getKey();
        float[] gradient = g.fetch(entry.getValue());
        float[] at = ParameterValues.read(g.session, parameter);
        for (int i = 0; i < at.length; i++) {
          double up = lossAt(g, loss, parameter, at, i, step);
          double down = lossAt(g, loss, parameter, at, i, -step);
          assertThat((double) gradient[i])
              .as("%s entry %d", parameter, i)
              .isCloseTo((up - down) / (2 * step), within(1e-3));
        }
        ParameterValues.assign(g.session, g.store, Map.of(parameter.name(), at));
      }
    }
  }

  private static double lossAt(
      TestGraph g, Operand<TFloat32> loss, Parameter p, float[] at, int entry, float step) {
    float[] moved = at.clone();
    moved[entry] += step;
    ParameterValues.assign(g.session, g.store, Map.of(p.name(), moved));
    return g.fetch(loss)[0];
  }

  /** table[3, 2], gathered rows 2, 0, 2 with weights, and read as a whole with weight 10. */
  @Test
  void gathersOfOneRowTwiceAndAPlainReadAddUp() {
    try (TestGraph g = new TestGraph()) {
      Parameter table = g.parameter("table", 3, 2);
      Operand<TFloat32> rows =
          g.tf.resourceGather(table.handle(), g.tf.constant(new int[] {2, 0, 2}), TFloat32.class);
      Operand<TFloat32> weights = g.tf.constant(new float[][] {{1, 2}, {3, 4}, {5, 6}});
      Operand<TFloat32> loss =
          g.tf.math.add(
              g.sum(g.tf.math.mul(rows, weights)),
              g.sum(g.tf.math.mul(table.value(), g.tf.constant(10f))));
      Operand<TFloat32> gradient = gradient(loss, table);
      g.store.initialize(g.session);
      assertThat(g.fetch(gradient)).containsExactly(13, 14, 10, 10, 16, 18);
    }
  }

  @Test
  void gathersByAMatrixOfIndicesAddUp() {
    try (TestGraph g = new TestGraph()) {
      Parameter table = g.parameter("table", 2, 1, 2);
      Operand<TFloat32> rows =
          g.tf.resourceGather(
              table.handle(),
              g.tf.constant(new long[][] {{1, 1}, {0, 1}}),
              TFloat32.class,
              ResourceGather.validateIndices(true));
      Operand<TFloat32> gradient = gradient(g.sum(g.tf.math.mul(rows, g.tf.constant(2f))), table);
      g.store.initialize(g.session);
      assertThat(g.fetch(gradient)).containsExactly(2, 2, 6, 6);
    }
  }

  /** Row b: weight[b] * (softmax(logits[b]) - onehot(label[b])), in double. */
  @Test
  void sparseSoftmaxCrossEntropyIsSoftmaxMinusOneHot() {
    float[][] logits = {{1, -2, 0.5f}, {30, 3, -5}, {0, 0, 0}};
    int[] labels = {2, 1, 0};
    float[] weights = {1, -2, 0.5f};
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(logits);
      SparseSoftmaxCrossEntropyWithLogits<TFloat32> op =
          g.tf.nn.sparseSoftmaxCrossEntropyWithLogits(x, g.tf.constant(labels));
      Operand<TFloat32> loss = g.sum(g.tf.math.mul(op.loss(), g.tf.constant(weights)));
      float[] gradient = g.fetch(Gradients.byTensors(loss, List.of(x)).get(0));
      for (int b = 0; b < 3; b++) {
        double sum = 0;
        for (float logit : logits[b]) {
          sum += Math.exp(logit);
        }
        for (int c = 0; c < 3; c++) {
          double expected = weights[b] * (Math.exp(logits[b][c]) / sum - (labels[b] == c ? 1 : 0));
          assertThat((double) gradient[3 * b + c]).isCloseTo(expected, within(1e-6));
        }
      }
    }
  }

  /** y = x^2, z = y x: dz/dx = 3 x^2 through y as well, dz/dy = x. */
  @Test
  void oneTargetMayBeComputedFromAnother() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(3f);
      Operand<TFloat32> y = g.tf.math.square(x);
      Operand<TFloat32> z = g.tf.math.mul(y, x);
      List<Operand<TFloat32>> gradients = Gradients.byTensors(z, List.of(x, y, x, z));
      assertThat(gradients)
          .extracting(gradient -> g.fetch(gradient)[0])
          .containsExactly(27f, 3f, 27f, 1f);
    }
  }

  /** A target's own op needs no gradient: a state that was read from a list is a fine input. */
  @Test
  void aTargetMayBeMadeByAnOpWithoutGradient() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 4);
      Operand<TFloat32> top = g.op("TopKV2", "top", p.value(), g.tf.constant(2)).output(0);
      Operand<TFloat32> loss = g.sum(g.tf.math.square(top));
      Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(top)).get(0);
      g.store.initialize(g.session);
      float[] values = g.fetch(top);
      assertThat(g.fetch(gradient)).containsExactly(2 * values[0], 2 * values[1]);
    }
  }

  /** An op without gradient that only yields integers is not on the way. */
  @Test
  void integersOnTheWayAreNoObstacle() {
    try (TestGraph g = new TestGraph()) {
      Parameter logits = g.parameter("logits", 2, 3);
      Operand<TFloat32> loss =
          g.sum(
              g.tf
                  .nn
                  .sparseSoftmaxCrossEntropyWithLogits(
                      logits.value(), g.tf.math.argMax(logits.value(), g.tf.constant(1)))
                  .loss());
      Operand<TFloat32> gradient = gradient(loss, logits);
      g.store.initialize(g.session);
      ParameterValues.assign(
          g.session, g.store, Map.of("logits", new float[] {0, (float) Math.log(3), 0, 1, 1, 9}));
      // softmax of the first row is 1/5, 3/5, 1/5; the label is 1
      assertThat(g.fetch(gradient)).startsWith(new float[] {0.2f, -0.4f, 0.2f}, within(1e-6f));
    }
  }

  @Test
  void identityOfSeveralTensorsPassesThrough() {
    try (TestGraph g = new TestGraph()) {
      Operand<TFloat32> x = g.tf.constant(2f);
      Operand<TFloat32> y = g.tf.constant(5f);
      Operand<TFloat32> both =
          g.tf
              .identityN(List.<Operand<?>>of(x, y, g.tf.constant(1)))
              .iterator()
              .next()
              .asOutput()
              .op()
              .output(0);
      assertThat(g.fetch(Gradients.byTensors(g.tf.math.square(both), List.of(x))))
          .first()
          .isEqualTo(new float[] {4});
    }
  }
}
