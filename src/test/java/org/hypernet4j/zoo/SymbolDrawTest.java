// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** Both ways of drawing, in Java and in a graph. */
class SymbolDrawTest {
  private static final float[] LOGITS = {0.3f, 1.2f, -0.7f, 1.2f, 0.1f};
  private static final int DRAWS = 20_000;

  /** The ids that the ops choose for positions 0, 1, 2 and so on, of one setting. */
  private static int[] inGraph(
      float[] logits, float temperature, int topK, long seed, int positions) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      float[][] rows = new float[positions][];
      float[] temperatures = new float[positions];
      int[] limits = new int[positions];
      long[] seeds = new long[positions];
      long[] at = new long[positions];
      for (int i = 0; i < positions; i++) {
        rows[i] = logits;
        temperatures[i] = temperature;
        limits[i] = topK;
        seeds[i] = seed;
        at[i] = i;
      }
      try (Result result =
          session
              .runner()
              .fetch(
                  GraphDraw.choose(
                      tf,
                      tf.constant(rows),
                      tf.constant(temperatures),
                      tf.constant(limits),
                      tf.constant(seeds),
                      tf.constant(at)))
              .run()) {
        int[] ids = new int[positions];
        ((TInt32) result.get(0)).asRawTensor().data().asInts().read(ids);
        return ids;
      }
    }
  }

  private static int[] inJava(
      float[] logits, float temperature, @Nullable Integer topK, long seed, int positions) {
    SymbolDraw draw = new SymbolDraw(temperature, topK, seed);
    int[] ids = new int[positions];
    for (int i = 0; i < positions; i++) {
      ids[i] = draw.choose(logits, i);
    }
    return ids;
  }

  /** Softmax of the largest logits divided by the temperature, in double arithmetic. */
  private static double[] probabilities(float[] logits, double temperature, List<Integer> kept) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int id : kept) {
      p[id] = Math.exp(logits[id] / temperature);
      sum += p[id];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /**
   * Pearson's statistic against the quantile 0.999 of chi-square with 4 and 2 degrees of freedom,
   * 18.47 and 13.82 (tables).
   */
  @Test
  void symbolsComeAsOftenAsTheSoftmaxSays() {
    assertFits(inJava(LOGITS, 1f, null, 5, DRAWS), probabilities(LOGITS, 1, all()), 18.47);
    assertFits(inGraph(LOGITS, 1f, 0, 6, DRAWS), probabilities(LOGITS, 1, all()), 18.47);
    assertFits(inJava(LOGITS, 0.5f, null, 7, DRAWS), probabilities(LOGITS, 0.5, all()), 18.47);
    List<Integer> three = List.of(0, 1, 3);
    assertFits(inJava(LOGITS, 2f, 3, 8, DRAWS), probabilities(LOGITS, 2, three), 13.82);
    assertFits(inGraph(LOGITS, 2f, 3, 9, DRAWS), probabilities(LOGITS, 2, three), 13.82);
  }

  private static List<Integer> all() {
    return List.of(0, 1, 2, 3, 4);
  }

  private static void assertFits(int[] ids, double[] p, double limit) {
    double statistic = 0;
    for (int id = 0; id < p.length; id++) {
      int wanted = id;
      double seen = Arrays.stream(ids).filter(i -> i == wanted).count();
      if (p[id] == 0) {
        assertThat(seen).as("symbol %d, which was left out", id).isZero();
      } else {
        statistic += (seen - p[id] * DRAWS) * (seen - p[id] * DRAWS) / (p[id] * DRAWS);
      }
    }
    assertThat(statistic).isBetween(0.01, limit);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 3", "0.7, 0, -9", "0.7, 2, 123456789012345", "3, 4, 0", "1, 1, 1", "2, 99, 2"})
  void javaAndTheGraphDrawTheSame(float temperature, int topK, long seed) {
    assertThat(inJava(LOGITS, temperature, topK == 0 ? null : topK, seed, 500))
        .isEqualTo(inGraph(LOGITS, temperature, topK, seed, 500));
  }

  /** The JDK's SplittableRandom gives the same uniform numbers. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE, 0x9E3779B97F4A7C15L})
  void theGraphDrawsTheNumbersOfSplitMix64(long seed) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      long[] seeds = new long[20];
      long[] positions = new long[20];
      List<Double> expected = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < 20; i++) {
        seeds[i] = seed;
        positions[i] = i;
        expected.add((random.nextLong() >>> 11) * 0x1p-53);
      }
      try (Result result =
          session
              .runner()
              .fetch(GraphDraw.uniform(tf, tf.constant(seeds), tf.constant(positions)))
              .run()) {
        double[] actual = new double[20];
        ((TFloat64) result.get(0)).asRawTensor().data().asDoubles().read(actual);
        assertThat(actual).containsExactly(expected.stream().mapToDouble(d -> d).toArray());
      }
    }
  }

  @Test
  void theMostProbableSymbolIsTakenWhereNothingElseIsLeft() {
    assertThat(inJava(LOGITS, 1f, 1, 1, 50)).containsOnly(1); // of two equal ones the first
    assertThat(inJava(LOGITS, 1e-35f, null, 1, 50)).containsOnly(1);
    assertThat(inGraph(LOGITS, 1f, 1, 1, 50)).containsOnly(1);
    for (float cold : new float[] {0f, -1f, Float.NaN, 1e-35f}) {
      assertThat(inGraph(LOGITS, cold, 0, 1, 50)).containsOnly(1);
    }
    float[] zeros = {-0f, 0f, -1f};
    assertThat(inJava(zeros, 1f, 1, 1, 5)).isEqualTo(inGraph(zeros, 1f, 1, 1, 5)).containsOnly(0);
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, -0.5f, Float.NaN, Float.POSITIVE_INFINITY})
  void aTemperatureThatIsNoneIsRefused(float temperature) {
    assertThatThrownBy(() -> new SymbolDraw(temperature, null, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("temperature: nothing can be drawn with it")
        .hasMessageContaining("received " + temperature);
  }

  @Test
  void aTopKBelowOneAndScoresThatAreNotFiniteAreRefused() {
    assertThatThrownBy(() -> new SymbolDraw(1f, 0, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("top-k: no symbol is left to draw; expected 1 or more, received 0");
    assertThatThrownBy(() -> new SymbolDraw(1f, 1, 1).choose(new float[] {0, Float.NaN}, 3))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("symbol 3: the model's scores are not finite");
  }
}
