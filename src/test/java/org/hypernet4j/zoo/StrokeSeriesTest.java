// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.zoo.BuiltStrokeModel.BERNOULLI;
import static org.hypernet4j.zoo.BuiltStrokeModel.HYPER;
import static org.hypernet4j.zoo.BuiltStrokeModel.LATENT;
import static org.hypernet4j.zoo.BuiltStrokeModel.LN_HYPER;
import static org.hypernet4j.zoo.BuiltStrokeModel.SKIPS;
import static org.hypernet4j.zoo.BuiltStrokeModel.TWO;
import static org.hypernet4j.zoo.BuiltStrokeModel.alone;
import static org.hypernet4j.zoo.BuiltStrokeModel.drawings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hypernet4j.cell.PlainCells;
import org.hypernet4j.fixtures.Arrays4;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.nn.PlainMixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Drawings of different lengths in a batch: what is predicted, and what padding changes. */
class StrokeSeriesTest {
  private static final int TIME = 5;
  private static final int[] LENGTHS = {3, 5, 0, 1};

  /** Outputs of a network, {@code [steps, B, columns]}, with numbers in padding that would show. */
  private static float[][][] raw(MixtureDensity.Settings settings) {
    boolean ends = settings.pen() == MixtureDensity.Pen.THREE_WAY;
    Random random = new Random(8);
    float[][][] raw = new float[ends ? TIME + 1 : TIME][LENGTHS.length][settings.columns()];
    for (int t = 0; t < raw.length; t++) {
      for (int b = 0; b < LENGTHS.length; b++) {
        for (int c = 0; c < settings.columns(); c++) {
          raw[t][b][c] = (float) (0.7 * random.nextGaussian());
        }
        if (t > LENGTHS[b] || (t == LENGTHS[b] && !ends)) {
          Arrays.fill(raw[t][b], b == 0 ? Float.NaN : Float.POSITIVE_INFINITY);
        } else if (t == LENGTHS[b]) {
          // the mixture of the step that predicts the end must not matter either
          Arrays.fill(
              raw[t][b],
              3,
              settings.columns(),
              b == 0 ? Float.NaN : b == 1 ? Float.NEGATIVE_INFINITY : 1e30f);
        }
      }
    }
    return raw;
  }

  /** Counted by hand: a drawing of three points, then one of none, with and without its end. */
  @Test
  void penErrorsAreThoseThatAreNotTheLikeliest() {
    float[][][] rows = {{{1, 1, 0}, {9, 9, 1}}, {{1, 1, 1}, {9, 9, 1}}, {{1, 1, 1}, {9, 9, 1}}};
    float nan = Float.NaN;
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf;
      Operand<TFloat32> points = tf.constant(rows);
      // right: down; wrong: said down; right: lifted
      float[][][] two = {{{-1}, {nan}}, {{-0.1f}, {nan}}, {{2}, {nan}}};
      StrokeSeries series =
          new StrokeSeries(
              tf,
              new MixtureDensity(MixtureDensity.Settings.of(1, MixtureDensity.Pen.BERNOULLI)),
              points,
              tf.constant(new int[] {3, 0}));
      assertThat(graph.fetch(series.penErrors(tf, tf.constant(wide(two)))))
          .containsExactly(0, 0, 1, 0, 0, 0);
      // right: down; wrong: said end; right: lifted; right: end, and wrong: said down
      float[][][] three = {
        {{1, 0, 0}, {1, 0, 0}},
        {{0, 1, 2}, {nan, 0, 0}},
        {{0, 3, 2}, {nan, 0, 0}},
        {{0, 0, 1}, {nan, 0, 0}}
      };
      StrokeSeries ending =
          new StrokeSeries(
              tf,
              new MixtureDensity(MixtureDensity.Settings.of(1, MixtureDensity.Pen.THREE_WAY)),
              points,
              tf.constant(new int[] {3, 0}));
      assertThat(graph.fetch(ending.penErrors(tf, tf.constant(wide(three)))))
          .containsExactly(0, 1, 1, 0, 0, 0, 0, 0);
    }
  }

  /** The pen's logits with the columns of a Gaussian behind them. */
  private static float[][][] wide(float[][][] logits) {
    float[][][] raw = new float[logits.length][2][];
    for (int t = 0; t < raw.length; t++) {
      for (int b = 0; b < 2; b++) {
        raw[t][b] = Arrays.copyOf(logits[t][b], logits[t][b].length + 6);
      }
    }
    return raw;
  }

  /** Every nat, and the derivative of all of them by every raw number, in double arithmetic. */
  @ParameterizedTest
  @EnumSource(names = {"BERNOULLI", "THREE_WAY"})
  void natsAreThoseOfPlainArithmetic(MixtureDensity.Pen pen) {
    MixtureDensity.Settings settings = MixtureDensity.Settings.of(3, pen);
    boolean ends = pen == MixtureDensity.Pen.THREE_WAY;
    float[][][] rows = drawings(TIME, LENGTHS);
    float[][][] raw = raw(settings);
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf;
      Operand<TFloat32> outputs = tf.constant(raw);
      Operand<TFloat32> points = tf.constant(rows);
      StrokeSeries series =
          new StrokeSeries(
              tf,
              new MixtureDensity(settings),
              points,
              tf.constant(new int[] {3, 9, -2, 1})); // beyond the padding and below 0: all, none
      StrokeSeries.Nats nats = series.nats(tf, outputs);
      Operand<TFloat32> total = tf.math.add(graph.sum(nats.offsets()), graph.sum(nats.pens()));
      List<Operand<TFloat32>> gradients = Gradients.byTensors(total, List.of(outputs, points));
      List<float[]> fetched =
          graph.fetch(List.of(nats.offsets(), nats.pens(), gradients.get(0), gradients.get(1)));

      int b = LENGTHS.length;
      assertThat(fetched.get(0)).hasSize(TIME * b);
      assertThat(fetched.get(1)).hasSize(raw.length * b);
      for (int t = 0; t < raw.length; t++) {
        for (int i = 0; i < b; i++) {
          boolean point = t < LENGTHS[i];
          boolean end = ends && t == LENGTHS[i];
          double[] gradient = new double[settings.columns()];
          double offsetNats = 0;
          double penNats = 0;
          if (point || end) {
            double[] row = Arrays4.toDoubles(raw[t][i]);
            if (end) {
              Arrays.fill(row, 3, row.length, 0);
            }
            double[] x = point ? Arrays4.toDoubles(rows[t][i]) : new double[3];
            double lifted = x[2];
            double[] state =
                !ends
                    ? new double[] {lifted}
                    : end ? new double[] {0, 0, 1} : new double[] {1 - lifted, lifted, 0};
            PlainMixture plain = new PlainMixture(settings, row, x, state);
            offsetNats = point ? plain.offset() : 0;
            penNats = plain.pen();
            gradient = plain.gradient(point ? 1 : 0, 1);
          }
          String where = "step %d of drawing %d".formatted(t, i);
          if (t < TIME) {
            assertThat((double) fetched.get(0)[t * b + i])
                .as(where)
                .isCloseTo(offsetNats, within(1e-5 * Math.max(1, Math.abs(offsetNats))));
          }
          assertThat((double) fetched.get(1)[t * b + i]).as(where).isCloseTo(penNats, within(2e-6));
          int from = (t * b + i) * settings.columns();
          Arrays4.assertClose(
              "gradient at " + where,
              Arrays.copyOfRange(fetched.get(2), from, from + settings.columns()),
              gradient,
              1e-4 * Math.max(1, Arrays.stream(gradient).map(Math::abs).max().orElse(0)));
        }
      }
      // the derivative by padding is 0 and not NaN
      for (int t = 0; t < TIME; t++) {
        for (int i = 0; i < b; i++) {
          int from = (t * b + i) * 3;
          float[] own = Arrays.copyOfRange(fetched.get(3), from, from + 3);
          if (t < LENGTHS[i]) {
            assertThat(own[0]).isFinite().isNotZero();
          } else {
            assertThat(own).containsOnly(0f);
          }
        }
      }
    }
  }

  @Test
  void inputsBeginWithTheStartTokenAndReplacePadding() {
    float[][][] rows = drawings(2, 2, 1);
    try (TestGraph graph = new TestGraph()) {
      Ops tf = graph.tf;
      for (MixtureDensity.Pen pen :
          List.of(MixtureDensity.Pen.BERNOULLI, MixtureDensity.Pen.THREE_WAY)) {
        StrokeSeries series =
            new StrokeSeries(
                tf,
                new MixtureDensity(MixtureDensity.Settings.of(1, pen)),
                tf.constant(rows),
                tf.constant(new int[] {2, 1}));
        float[] inputs = graph.fetch(series.inputs());
        float[] p = rows[0][0];
        float[] q = rows[0][1];
        float[] r = rows[1][0];
        if (pen == MixtureDensity.Pen.BERNOULLI) {
          assertThat(inputs).containsExactly(0, 0, 1, 0, 0, 1, p[0], p[1], p[2], q[0], q[1], q[2]);
        } else {
          float[] expected = {
            0, 0, 1, 0, 0, 0, 0, 1, 0, 0, //
            p[0], p[1], 1 - p[2], p[2], 0, q[0], q[1], 1 - q[2], q[2], 0, //
            r[0], r[1], 1 - r[2], r[2], 0, 0, 0, 1, 0, 0
          };
          assertThat(inputs).containsExactly(expected);
        }
      }
    }
  }

  static List<List<String>> models() {
    return List.of(
        List.of(),
        List.of(BERNOULLI, TWO, SKIPS),
        List.of(HYPER, TWO),
        List.of(LN_HYPER, BERNOULLI),
        List.of(HYPER, LATENT));
  }

  /** Nats and the gradient of every parameter: those of each drawing alone, without padding. */
  @ParameterizedTest
  @MethodSource("models")
  void aDrawingDependsNeitherOnPaddingNorOnTheOthers(List<String> settings) {
    try (BuiltStrokeModel built = new BuiltStrokeModel(settings.toArray(String[]::new))) {
      Ops tf = built.tf;
      BuiltStrokeModel.Batch batch = built.batch();
      StrokeSeries.Nats nats = built.nats(batch, true);
      Operand<TFloat32> each =
          tf.math.add(
              tf.reduceSum(nats.offsets(), tf.constant(0)),
              tf.reduceSum(nats.pens(), tf.constant(0)));
      List<Operand<TFloat32>> fetches = new ArrayList<>(List.of(each));
      fetches.addAll(built.gradients(built.sum(each)).values());
      int[] lengths = {4, 6, 1};
      float[][][] rows = drawings(7, lengths);
      List<float[]> together = built.fetch(batch, rows, lengths, fetches);
      double[][] sums = new double[fetches.size()][];
      for (int b = 0; b < lengths.length; b++) {
        List<float[]> own =
            built.fetch(batch, alone(rows, b, lengths[b]), new int[] {lengths[b]}, fetches);
        assertThat(together.get(0)[b]).isCloseTo(own.get(0)[0], within(2e-5f));
        for (int i = 1; i < sums.length; i++) {
          sums[i] =
              b == 0
                  ? Arrays4.toDoubles(own.get(i))
                  : PlainCells.plus(sums[i], Arrays4.toDoubles(own.get(i)));
        }
      }
      for (int i = 1; i < sums.length; i++) {
        Arrays4.assertGradient("gradient " + i, together.get(i), sums[i], 1e-5);
      }
    }
  }

  /** A server may be asked for the nats of nothing: there is only the end to predict. */
  @ParameterizedTest
  @MethodSource("models")
  void emptyDrawingsAndEmptyBatchesHaveNatsToo(List<String> settings) {
    try (BuiltStrokeModel built = new BuiltStrokeModel(settings.toArray(String[]::new))) {
      boolean ends = built.settings.pen() == MixtureDensity.Pen.THREE_WAY;
      BuiltStrokeModel.Batch batch = built.batch();
      StrokeSeries.Nats nats = built.nats(batch, false);
      List<Operand<TFloat32>> both = List.of(nats.offsets(), nats.pens());
      // two drawings of no points, with and without padding
      List<float[]> ended = new ArrayList<>();
      for (int time : new int[] {3, 0}) {
        List<float[]> fetched = built.fetch(batch, drawings(time, 0, 0), new int[2], both);
        assertThat(fetched.get(0)).isEqualTo(new float[2 * time]);
        float[] pens = fetched.get(1);
        assertThat(pens).hasSize(2 * (ends ? time + 1 : time));
        if (ends) {
          assertThat(pens[0]).isPositive().isEqualTo(pens[1]);
          assertThat(Arrays.copyOfRange(pens, 2, pens.length)).isEqualTo(new float[2 * time]);
          ended.add(pens);
        } else {
          assertThat(pens).isEqualTo(new float[2 * time]);
        }
      }
      if (ends) {
        assertThat(ended.get(0)[0]).isCloseTo(ended.get(1)[0], within(1e-6f));
      }
      // no drawing at all
      assertThat(built.fetch(batch, drawings(4), new int[0], both))
          .allMatch(values -> values.length == 0);
    }
  }
}
