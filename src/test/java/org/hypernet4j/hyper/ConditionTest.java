// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Conditions: rows of tasks, tensors, noise, and two of them side by side. */
class ConditionTest {
  private static Operand<TFloat32> zeros(Ops tf, long... sizes) {
    return tf.zeros(tf.constant(sizes), TFloat32.class);
  }

  private static Operand<TFloat32> unknown(Ops tf, Shape shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  @Test
  void isAVectorOrRowsOfVectors() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Condition one = Condition.of(zeros(tf, 3));
      assertThat(one.hasRows()).isFalse();
      assertThat(one.size()).isEqualTo(3);
      Condition rows = Condition.of(unknown(tf, Shape.of(-1, 4)));
      assertThat(rows.hasRows()).isTrue();
      assertThat(rows.size()).isEqualTo(4);
      List<Operand<TFloat32>> wrong =
          List.of(
              tf.constant(1f),
              zeros(tf, 2, 3, 4),
              zeros(tf, 0),
              unknown(tf, Shape.of(-1)),
              unknown(tf, Shape.of(2, -1)),
              unknown(tf, Shape.unknown()),
              unknown(tf, Shape.of(1L << 31)));
      List<String> received =
          List.of("[]", "[2, 3, 4]", "[0]", "[?]", "[2, ?]", "an unknown shape", "[2147483648]");
      for (int i = 0; i < wrong.size(); i++) {
        Operand<TFloat32> value = wrong.get(i);
        assertThatThrownBy(() -> Condition.of(value))
            .isInstanceOf(UserError.class)
            .hasMessage(
                "condition: has the wrong shape; expected [N_c] for one, [rows, N_c] for several,"
                    + " N_c known and positive, received "
                    + received.get(i)
                    + ".");
      }
    }
  }

  @Test
  void ofATaskIsItsEmbedding() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      TaskEmbeddings tasks =
          new TaskEmbeddings(test.store.root().child("tasks"), 3, 1, 2, Initializers.zeros());
      Condition one = Condition.task(tf, tasks, tf.constant(2));
      Condition each = Condition.task(tf, tasks, tf.constant(new int[] {2, 0, 2, 1}));
      assertThat(one.value().shape()).isEqualTo(Shape.of(2));
      assertThat(each.value().shape()).isEqualTo(Shape.of(4, 2));
      Condition none = Condition.task(tf, tasks, tf.constant(3));
      test.store.initialize(test.session);
      ParameterValues.assign(
          test.session, test.store, Map.of("tasks/z", new float[] {1, 2, 3, 4, 5, 6}));
      assertThat(test.fetch(one.value())).containsExactly(5, 6);
      assertThat(test.fetch(each.value())).containsExactly(5, 6, 1, 2, 5, 6, 3, 4);
      assertThatThrownBy(() -> test.fetch(none.value())).hasMessageContaining("not in [0, 3)");
      assertThatThrownBy(() -> Condition.task(tf, tasks, tf.constant(new int[][] {{1}})))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("tasks has the wrong shape; expected [?], received [1, 1]");
      TaskEmbeddings several =
          new TaskEmbeddings(test.store.root().child("more"), 3, 4, 2, Initializers.zeros());
      assertThatThrownBy(() -> Condition.task(tf, several, tf.constant(0)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "condition: a task has several embeddings; expected task embeddings with rows = 1,"
                  + " received 4. Pass them to GeneratedKernels instead, which reads one for each"
                  + " basic kernel.");
    }
  }

  /**
   * Box and Muller's formula in double, from the library's own random numbers at the places 2 k and
   * 2 k + 1 of the key of (seed, name, step).
   */
  @Test
  void noiseIsAFunctionOfSeedNameAndStep() {
    float[] first = noise(9, "z", 5);
    assertThat(noise(9, "z", 5)).containsExactly(first);
    assertThat(noise(8, "z", 5)).isNotEqualTo(first);
    assertThat(noise(9, "y", 5)).isNotEqualTo(first);
    assertThat(noise(9, "z", 6)).isNotEqualTo(first);
    long step = 5; // times the factor it overflows, as in the graph
    StatelessRandom key =
        StatelessRandom.of(StatelessRandom.of(9).fold("z").key() + step * 0xBF58476D1CE4E5B9L);
    double[] expected = new double[first.length];
    for (int k = 0; k < expected.length; k++) {
      expected[k] =
          Math.sqrt(-2 * Math.log(1 - key.uniform(2L * k)))
              * Math.cos(2 * Math.PI * key.uniform(2L * k + 1));
    }
    assertClose("noise", first, expected, 1e-5);
  }

  private static float[] noise(long seed, String name, long step) {
    try (TestGraph test = new TestGraph()) {
      Condition noise = Condition.noise(test.tf, 4, 3, seed, name, test.tf.constant(step));
      assertThat(noise.value().shape()).isEqualTo(Shape.of(4, 3));
      assertThat(noise.hasRows()).isTrue();
      return test.fetch(noise.value());
    }
  }

  /**
   * 40,000 numbers: the mean is off by 1 / 200, the variance by 1 / 141 and the fourth moment by
   * sqrt(96 / 40,000) = 0.05; four deviations of each. Neighbouring steps are not alike.
   */
  @Test
  void noiseIsNormal() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      List<float[]> draws =
          test.fetch(
              List.of(
                  Condition.noise(tf, 40_000, 1, "z", tf.constant(0L)).value(),
                  Condition.noise(tf, 40_000, 1, "z", tf.constant(1L)).value()));
      double mean = 0;
      double square = 0;
      double fourth = 0;
      double together = 0;
      for (int i = 0; i < 40_000; i++) {
        double x = draws.get(0)[i];
        mean += x / 40_000;
        square += x * x / 40_000;
        fourth += x * x * x * x / 40_000;
        together += x * draws.get(1)[i] / 40_000;
      }
      assertThat(mean).isCloseTo(0, within(0.02));
      assertThat(square).isCloseTo(1, within(0.03));
      assertThat(fourth).isCloseTo(3, within(0.2));
      assertThat(together).isCloseTo(0, within(0.02));
    }
  }

  @Test
  void noiseOfSizesThatMakeNoSenseIsRefused() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      assertThatThrownBy(() -> Condition.noise(tf, 0, 1, "z", tf.constant(1L)))
          .isInstanceOf(UserError.class);
      assertThatThrownBy(() -> Condition.noise(tf, -1, 2, 1, "z", tf.constant(1L)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("noise 'z': the noise cannot have this shape");
      assertThatThrownBy(() -> Condition.noise(tf, 1 << 16, 1 << 15, 1, "z", tf.constant(1L)))
          .isInstanceOf(UserError.class);
      assertThatThrownBy(() -> Condition.noise(tf, 2, 1, "z", tf.constant(new long[] {1L})))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("step has the wrong shape; expected [], received [1]");
    }
  }

  @Test
  void standBesideEachOther() {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      Operand<TFloat32> vector = tf.constant(new float[] {1, 2});
      Condition one = Condition.of(vector);
      Condition other = Condition.of(tf.constant(new float[] {3}));
      Condition rows = Condition.of(tf.constant(new float[][] {{4, 5, 6}, {7, 8, 9}}));
      Condition more = Condition.of(tf.constant(new float[][] {{-1}, {-2}}));
      Condition unknown =
          Condition.of(
              tf.placeholderWithDefault(
                  tf.constant(new float[][] {{-1}, {-2}, {-3}}), Shape.of(-1, 1)));
      assertThat(one.and(tf, other).size()).isEqualTo(3);
      assertThat(one.and(tf, other).hasRows()).isFalse();
      Condition mixed = one.and(tf, rows);
      assertThat(mixed.value().shape()).isEqualTo(Shape.of(2, 5));
      List<float[]> values =
          test.fetch(
              List.of(
                  one.and(tf, other).value(),
                  mixed.value(),
                  rows.and(tf, one).value(),
                  rows.and(tf, more).value(),
                  one.and(tf, unknown).value(),
                  // each number of the vector stands in two rows
                  Gradients.byTensors(test.sum(mixed.value()), List.of(vector)).get(0)));
      assertThat(values.get(0)).containsExactly(1, 2, 3);
      assertThat(values.get(1)).containsExactly(1, 2, 4, 5, 6, 1, 2, 7, 8, 9);
      assertThat(values.get(2)).containsExactly(4, 5, 6, 1, 2, 7, 8, 9, 1, 2);
      assertThat(values.get(3)).containsExactly(4, 5, 6, -1, 7, 8, 9, -2);
      assertThat(values.get(4)).containsExactly(1, 2, -1, 1, 2, -2, 1, 2, -3);
      assertThat(values.get(5)).containsExactly(2, 2);
      assertThatThrownBy(() -> rows.and(tf, Condition.of(zeros(tf, 3, 1))))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "condition: the other has the wrong shape; expected [2, ?], received [3, 1].");
      Condition wrong = rows.and(tf, unknown);
      assertThatThrownBy(() -> test.fetch(wrong.value())).hasMessageContaining("[2,3] vs.");
    }
  }
}
