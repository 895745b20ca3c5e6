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
import static org.hypernet4j.zoo.BuiltStrokeModel.drawings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.nn.MixtureDraw;
import org.hypernet4j.nn.MixtureSampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Drawings from the loop in the graph against a loop in plain Java that calls the model point by
 * point and draws in double arithmetic ({@link MixtureDraw}) with the same random numbers.
 */
class StrokeSampleLoopTest {
  private static final float COLDEST = 1e-38f; // in plain Java what 0 is in a graph

  /** A drawing of a request: its prime, settings and z. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Row(
      float[][] prime, int count, float temperature, float bias, long seed, float[] z) {
    Row with(int newCount, float newTemperature) {
      return new Row(prime, newCount, newTemperature, bias, seed, z);
    }
  }

  /** Points of a row, and whether it ended. */
  private record Drawn(List<float[]> points, boolean ended) {}

  /** A model with its loop and one step. */
  private static final class Sampler implements AutoCloseable {
    final BuiltStrokeModel built;
    final MixtureSampling.Law law;
    private final BuiltStrokeModel.Batch prime;
    private final Placeholder<TInt32> count;
    private final Placeholder<TFloat32> temperature;
    private final Placeholder<TFloat32> bias;
    private final Placeholder<TInt64> seed;
    private final Placeholder<TFloat32> z;
    private final StrokeSampleLoop.Drawn drawn;
    private final Placeholder<TFloat32> point;
    private final List<Placeholder<TFloat32>> state = new ArrayList<>();
    private final StrokeModel.Outputs step;
    private final List<Operand<TFloat32>> initial;
    private final int size;

    Sampler(MixtureSampling.Law law, String... settings) {
      this.law = law;
      built = new BuiltStrokeModel(settings);
      Ops tf = built.tf;
      prime = built.batch();
      count = rows(TInt32.class);
      temperature = rows(TFloat32.class);
      bias = rows(TFloat32.class);
      seed = rows(TInt64.class);
      StrokeLatent latent = built.model.latent();
      size = latent == null ? 0 : latent.size();
      z = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, size)));
      Operand<TFloat32> code = latent == null ? null : z;
      drawn =
          StrokeSampleLoop.build(
              tf,
              built.model,
              law,
              new StrokeSampleLoop.Request(
                  tf.linalg.transpose(prime.points(), tf.constant(new int[] {1, 0, 2})),
                  prime.lengths(),
                  count,
                  temperature,
                  bias,
                  seed,
                  code));
      point = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      for (StatePart part : built.model.stateParts()) {
        state.add(tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, part.size()))));
      }
      step =
          built.model.step(
              tf, StrokeSeries.inputs(tf, built.settings.pen(), point), code, List.copyOf(state));
      initial = built.model.initialState(tf, tf.constant(1), code);
    }

    private <T extends TType> Placeholder<T> rows(Class<T> type) {
      return built.tf.placeholder(type, Placeholder.shape(Shape.of(-1)));
    }

    private boolean ends() {
      return built.settings.pen() == MixtureDensity.Pen.THREE_WAY;
    }

    /** In the graph, all rows at once; checks what stands behind their ends. */
    List<Drawn> graph(Row... rows) {
      int width = Arrays.stream(rows).mapToInt(row -> row.prime.length).max().orElse(0) + 1;
      float[] primes = new float[width * rows.length * 3];
      Arrays.fill(primes, Float.NaN); // nothing may depend on padding
      float[] codes = new float[rows.length * size];
      try (Feeds feeds = new Feeds()) {
        for (int b = 0; b < rows.length; b++) {
          for (int t = 0; t < rows[b].prime.length; t++) {
            System.arraycopy(rows[b].prime[t], 0, primes, (t * rows.length + b) * 3, 3);
          }
          System.arraycopy(rows[b].z, 0, codes, b * size, size);
        }
        Shape batch = Shape.of(rows.length);
        feeds
            .floats(prime.points(), Shape.of(width, rows.length, 3), primes)
            .ints(
                prime.lengths(),
                batch,
                Arrays.stream(rows).mapToInt(row -> row.prime.length).toArray())
            .ints(count, batch, Arrays.stream(rows).mapToInt(Row::count).toArray())
            .floats(temperature, batch, floats(Arrays.stream(rows).map(Row::temperature).toList()))
            .floats(bias, batch, floats(Arrays.stream(rows).map(Row::bias).toList()))
            .longs(seed, batch, Arrays.stream(rows).mapToLong(Row::seed).toArray());
        if (size > 0) {
          feeds.floats(z, Shape.of(rows.length, size), codes);
        }
        try (Result result =
            feeds
                .into(built.session.runner())
                .fetch(drawn.points())
                .fetch(drawn.lengths())
                .fetch(drawn.ended())
                .run()) {
          return read(
              rows.length, (TFloat32) result.get(0), (TInt32) result.get(1), (TBool) result.get(2));
        }
      }
    }

    private static List<Drawn> read(int rows, TFloat32 points, TInt32 lengths, TBool ended) {
      int longest = 0;
      for (int b = 0; b < rows; b++) {
        longest = Math.max(longest, lengths.getInt(b));
      }
      assertThat(points.shape()).isEqualTo(Shape.of(rows, longest, 3));
      List<Drawn> all = new ArrayList<>();
      for (int b = 0; b < rows; b++) {
        List<float[]> own = new ArrayList<>();
        for (int t = 0; t < longest; t++) {
          float[] row = new float[3];
          for (int c = 0; c < 3; c++) {
            row[c] = points.getFloat(b, t, c);
          }
          if (t < lengths.getInt(b)) {
            own.add(row);
          } else {
            assertThat(row).containsOnly(0f);
          }
        }
        all.add(new Drawn(own, ended.getBoolean(b)));
      }
      return all;
    }

    private static float[] floats(List<Float> values) {
      float[] all = new float[values.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = values.get(i);
      }
      return all;
    }

    /** In plain Java, one point after another. */
    Drawn plain(Row row) {
      float[] tokens = {0, 0, ends() ? 0 : 1};
      List<float[]> known = new ArrayList<>(List.of(tokens));
      known.addAll(Arrays.asList(row.prime));
      List<float[]> parts = zeroState(row);
      float[] raw = {};
      for (float[] one : known) {
        parts = step(one, parts, row);
        raw = parts.remove(0);
      }
      MixtureDraw draw =
          new MixtureDraw(row.temperature > 0 ? row.temperature : COLDEST, row.bias, law);
      List<float[]> made = new ArrayList<>();
      while (made.size() < row.count) {
        MixtureDraw.Drawn next =
            draw.draw(built.settings, raw, StrokeUniforms.of(row.seed, made.size()));
        if (next.pen() == 2) {
          return new Drawn(made, true);
        }
        float[] drawnPoint = {(float) next.dx(), (float) next.dy(), next.pen()};
        made.add(drawnPoint);
        parts = step(drawnPoint, parts, row);
        raw = parts.remove(0);
      }
      return new Drawn(made, false);
    }

    private List<float[]> zeroState(Row row) {
      try (Feeds feeds = new Feeds()) {
        if (size > 0) {
          feeds.floats(z, Shape.of(1, size), row.z);
        }
        return fetch(feeds, initial);
      }
    }

    /** Raw outputs, then the parts of the state. */
    private List<float[]> step(float[] read, List<float[]> parts, Row row) {
      try (Feeds feeds = new Feeds()) {
        feeds.floats(point, Shape.of(1, 3), read);
        for (int i = 0; i < parts.size(); i++) {
          feeds.floats(state.get(i), Shape.of(1, parts.get(i).length), parts.get(i));
        }
        if (size > 0) {
          feeds.floats(z, Shape.of(1, size), row.z);
        }
        List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(step.raw()));
        wanted.addAll(step.state());
        return fetch(feeds, wanted);
      }
    }

    private List<float[]> fetch(Feeds feeds, List<Operand<TFloat32>> wanted) {
      Session.Runner runner = feeds.into(built.session.runner());
      wanted.forEach(runner::fetch);
      List<float[]> values = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < wanted.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] own = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(own);
          values.add(own);
        }
      }
      return values;
    }

    @Override
    public void close() {
      built.close();
    }
  }

  private static void assertSame(Drawn actual, Drawn expected, float tolerance) {
    assertThat(actual.points).hasSameSizeAs(expected.points);
    for (int i = 0; i < actual.points.size(); i++) {
      float[] own = actual.points.get(i);
      float[] other = expected.points.get(i);
      assertThat(own[2]).as("pen of point " + i).isEqualTo(other[2]);
      for (int c = 0; c < 2; c++) {
        assertThat(own[c])
            .as("point %d, column %d".formatted(i, c))
            .isCloseTo(other[c], within(tolerance * Math.max(1, Math.abs(other[c]))));
      }
    }
    assertThat(actual.ended).isEqualTo(expected.ended);
  }

  /** Primes of different lengths, every kind of setting, seeds from end to end. */
  private static Row[] rows() {
    float[][][] all = drawings(6, 6, 6, 6);
    float[][] first = {all[0][0], all[1][0], all[2][0]};
    float[][] second = {all[0][1]};
    float[][] third = {all[0][2], all[1][2], all[2][2], all[3][2], all[4][2], all[5][2]};
    float[][] none = {};
    float[] z = {0.7f, -1.2f};
    return new Row[] {
      new Row(first, 9, 1f, 0f, 1, z),
      new Row(none, 12, 0.5f, 0.4f, Long.MIN_VALUE, z),
      new Row(third, 5, 1.5f, 0f, Long.MAX_VALUE, new float[] {0, 0}),
      new Row(second, 0, 1f, 0f, 3, z),
      new Row(second, 12, 0f, 0f, 3, z),
      new Row(none, 12, -1f, 2f, -1, z),
      new Row(none, -4, 1f, 0f, -1, z),
      new Row(none, 1, 0.1f, 0f, 0, z),
    };
  }

  static List<List<String>> models() {
    return List.of(
        List.of(),
        List.of(BERNOULLI, TWO, SKIPS),
        List.of(HYPER, "model.sigmaFloor=0.1", "model.correlationBound=2"),
        List.of(LN_HYPER, LATENT));
  }

  @ParameterizedTest
  @MethodSource("models")
  void pointsAreThoseOfPlainArithmetic(List<String> settings) {
    for (MixtureSampling.Law law : MixtureSampling.Law.values()) {
      try (Sampler sampler = new Sampler(law, settings.toArray(String[]::new))) {
        Row[] rows = rows();
        List<Drawn> together = sampler.graph(rows);
        int points = 0;
        for (int b = 0; b < rows.length; b++) {
          assertSame(together.get(b), sampler.plain(rows[b]), 1e-4f);
          points += together.get(b).points.size();
        }
        assertThat(points).isGreaterThan(20);
        // alone, a row is what it was beside the others
        for (int b = 0; b < rows.length; b++) {
          assertSame(sampler.graph(rows[b]).get(0), together.get(b), 1e-5f);
        }
        assertThat(sampler.graph()).isEmpty();
      }
    }
  }

  /** One seed is one drawing: a longer one begins with the same points. */
  @Test
  void aSeedIsADrawingHoweverManyPointsAreAsked() {
    try (Sampler sampler = new Sampler(MixtureSampling.Law.VARIANCE, BERNOULLI)) {
      Row row = rows()[0];
      Drawn lengthy = sampler.graph(row.with(300, 1f)).get(0);
      assertThat(lengthy.points).hasSize(300);
      assertThat(lengthy.ended).isFalse();
      Drawn brief = sampler.graph(row.with(40, 1f)).get(0);
      assertSame(brief, new Drawn(lengthy.points.subList(0, 40), false), 0);
    }
  }

  /** A row that becomes infinite, or has a NaN prime, is no row's but its own. */
  @Test
  void aRowThatFailsLeavesTheOthersAlone() {
    try (Sampler sampler = new Sampler(MixtureSampling.Law.VARIANCE)) {
      Row row = rows()[0];
      float[] broken = {Float.NaN, 0, 1};
      Row bad = new Row(new float[][] {broken}, 30, 1f, 0f, 1, row.z);
      Row wild = row.with(30, 1e30f);
      Drawn beside = sampler.graph(bad, row, wild).get(1);
      assertSame(beside, sampler.graph(row).get(0), 1e-5f);
    }
  }

  /** The model ends drawings of itself, and no earlier than it says. */
  @Test
  void drawingsEnd() {
    try (Sampler sampler = new Sampler(MixtureSampling.Law.VARIANCE)) {
      Row[] rows = new Row[40];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new Row(new float[][] {}, 60, 1f, 0f, i, new float[2]);
      }
      List<Drawn> all = sampler.graph(rows);
      assertThat(all.stream().filter(Drawn::ended).count()).isGreaterThan(30);
      assertThat(all.stream().map(d -> d.points.size()).distinct().count()).isGreaterThan(4);
      for (Drawn drawn : all) {
        assertThat(drawn.ended).isEqualTo(drawn.points.size() < 60);
      }
    }
  }
}
