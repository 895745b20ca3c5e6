// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.TinyStrokes.BERNOULLI;
import static org.hypernet4j.fixtures.TinyStrokes.HYPER;
import static org.hypernet4j.fixtures.TinyStrokes.LATENT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.fixtures.TinyStrokes;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.PenSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.ndarray.Shape;

/**
 * The signatures, called as a client calls them: what they say of drawings in the units of the data
 * must agree with the densities that they state, by the textbook's equations in double arithmetic.
 */
class StrokesSignaturesTest {
  private static final StrokeScaling SCALING = new StrokeScaling(12.5f, -7, 40, 3);
  private static final int TIME = 6;
  private static final int[] LENGTHS = {4, 6, 0};

  /** A model with its signatures in a session. */
  private static final class Served implements AutoCloseable {
    private final TestGraph graph = new TestGraph(2);
    final StrokesModelSpec spec;
    final List<ServingSignature> signatures;

    Served(List<String> settings) {
      spec = StrokesTask.model(TinyStrokes.spec(settings.toArray(String[]::new)).model());
      signatures = StrokesExport.build(graph.store, spec, SCALING);
      graph.store.initialize(graph.session);
      Random random = new Random(9);
      Map<String, float[]> values = ParameterValues.read(graph.session, graph.store.model());
      values
          .values()
          .forEach(
              array -> {
                for (int i = 0; i < array.length; i++) {
                  array[i] += (float) (0.4 * random.nextGaussian());
                }
              });
      ParameterValues.assign(graph.session, graph.store, values);
    }

    /** Calls a signature, with z for each drawing where it wants one. */
    Map<String, NpyArray> call(String key, Map<String, NpyArray> inputs, float[] z) {
      ServingSignature signature = StrokesSignatures.find(signatures, key);
      Map<String, NpyArray> all = new LinkedHashMap<>(inputs);
      if (signature.inputs().containsKey("z")) {
        all.put("z", NpyArray.of(z, z.length / 2, 2));
        if (key.equals(StrokesSignatures.INITIAL_STATE)) {
          all.remove("point");
        }
      }
      return ReferenceCase.record(graph.session, signature, all).outputs();
    }

    boolean ends() {
      return spec.pen() == PenSpec.THREE_WAY;
    }

    @Override
    public void close() {
      graph.close();
    }
  }

  static List<List<String>> models() {
    return List.of(
        List.of("model.sigmaFloor=0.1"), List.of(HYPER, BERNOULLI), List.of(HYPER, LATENT));
  }

  /** Drawings {@code [B, TIME, 3]}, numbers that would show in padding. */
  private static float[] drawings() {
    Random random = new Random(4);
    float[] points = new float[LENGTHS.length * TIME * 3];
    for (int row = 0; row < LENGTHS.length * TIME; row++) {
      boolean padding = row % TIME >= LENGTHS[row / TIME];
      points[3 * row] = padding ? Float.NaN : (float) (40 * random.nextGaussian() + 12);
      points[3 * row + 1] = padding ? Float.NaN : (float) (3 * random.nextGaussian() - 7);
      points[3 * row + 2] = padding ? Float.NaN : random.nextInt(3) == 0 ? 1 : 0;
    }
    return points;
  }

  private static NpyArray array(float[] values, long... shape) {
    return NpyArray.of(values, shape);
  }

  private static NpyArray ints(int... values) {
    return NpyArray.of(values, values.length);
  }

  private static float[] floats(Map<String, NpyArray> arrays, String alias) {
    return Objects.requireNonNull(arrays.get(alias), alias).floats();
  }

  /** z of each drawing: their means where there is an encoder. */
  private static float[] z(Served served, float[] points) {
    if (served.spec.latent() == null) {
      return new float[0];
    }
    return floats(
        served.call(
            StrokesSignatures.ENCODE,
            Map.of("points", array(points, LENGTHS.length, TIME, 3), "lengths", ints(LENGTHS)),
            new float[0]),
        "z_mean");
  }

  /** The densities of a row of some answer: of a step, or of a time of serving_default. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Density(double[] pi, double[] mu, double[] sigma, double[] rho, double[] pen) {
    static Density of(Map<String, NpyArray> answer, int row) {
      int k = 3;
      int pens =
          Objects.requireNonNull(answer.get("pen")).shape().length
                  > Objects.requireNonNull(answer.get("pi")).shape().length - 1
              ? 3
              : 1;
      return new Density(
          cut(answer, "pi", row, k),
          cut(answer, "mu", row, 2 * k),
          cut(answer, "sigma", row, 2 * k),
          cut(answer, "rho", row, k),
          cut(answer, "pen", row, pens));
    }

    private static double[] cut(Map<String, NpyArray> answer, String name, int row, int size) {
      float[] all = floats(answer, name);
      double[] own = new double[size];
      for (int i = 0; i < size; i++) {
        own[i] = all[row * size + i];
      }
      return own;
    }

    /** Nats of an offset in the units of the data. */
    double offset(double dx, double dy) {
      double sum = 0;
      for (int k = 0; k < pi.length; k++) {
        double a = (dx - mu[2 * k]) / sigma[2 * k];
        double b = (dy - mu[2 * k + 1]) / sigma[2 * k + 1];
        double rest = 1 - rho[k] * rho[k];
        double q = (a * a + b * b - 2 * rho[k] * a * b) / rest;
        sum +=
            pi[k]
                * Math.exp(-q / 2)
                / (2 * Math.PI * sigma[2 * k] * sigma[2 * k + 1] * Math.sqrt(rest));
      }
      return -Math.log(sum);
    }

    /** Nats of a pen: 0 down, 1 up, 2 end. */
    double pen(int state) {
      return -Math.log(pen.length == 3 ? pen[state] : state == 1 ? pen[0] : 1 - pen[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void scoresAreThoseOfTheDensitiesInTheUnitsOfTheData(List<String> settings) {
    try (Served served = new Served(settings)) {
      float[] points = drawings();
      float[] z = z(served, points);
      int batch = LENGTHS.length;
      Map<String, NpyArray> drawn = Map.of("points", array(points, batch, TIME, 3));
      Map<String, NpyArray> scoring = new LinkedHashMap<>(drawn);
      scoring.put("lengths", ints(LENGTHS));
      Map<String, NpyArray> score = served.call(StrokesSignatures.SCORE, scoring, z);
      Map<String, NpyArray> whole = served.call(ServingSignature.DEFAULT_KEY, drawn, z);
      assertThat(Objects.requireNonNull(whole.get("pi")).shape())
          .containsExactly(batch, TIME + 1, 3);
      double perPoint = Math.log(40.0 * 3);
      for (int b = 0; b < batch; b++) {
        double raw = 0;
        double pens = 0;
        double each = 0;
        for (int t = 0; t < TIME; t++) {
          int at = b * TIME + t;
          float pointNats = floats(score, "point_nats")[at];
          if (t >= LENGTHS[b]) {
            assertThat(pointNats).isZero();
            continue;
          }
          Density density = Density.of(whole, b * (TIME + 1) + t);
          double offset = density.offset(points[3 * at], points[3 * at + 1]);
          double pen = density.pen(points[3 * at + 2] == 1 ? 1 : 0);
          assertThat((double) pointNats).isCloseTo(offset + pen - perPoint, within(1e-4));
          raw += offset;
          pens += pen;
          each += pointNats;
        }
        double end = served.ends() ? Density.of(whole, b * (TIME + 1) + LENGTHS[b]).pen(2) : 0;
        double normalised = raw - LENGTHS[b] * perPoint;
        assertThat((double) floats(score, "nats_offset")[b]).isCloseTo(normalised, within(2e-4));
        assertThat((double) floats(score, "nats_pen")[b]).isCloseTo(pens + end, within(2e-5));
        double nats = floats(score, "nats")[b];
        assertThat(nats).isCloseTo(normalised + pens + end, within(2e-4));
        assertThat((double) floats(score, "nats_raw")[b]).isCloseTo(raw + pens + end, within(2e-4));
        assertThat(each + end).isCloseTo(nats, within(2e-5));
      }
    }
  }

  /** One point after another gives the densities of the whole. */
  @ParameterizedTest
  @MethodSource("models")
  void stepsAreTheWhole(List<String> settings) {
    try (Served served = new Served(settings)) {
      float[] points = new float[2 * TIME * 3];
      System.arraycopy(drawings(), TIME * 3, points, 0, TIME * 3); // the drawing without padding
      System.arraycopy(drawings(), TIME * 3, points, TIME * 3, TIME * 3);
      points[0] = 99;
      float[] z = {0.5f, -1, 2, 0.1f};
      Map<String, NpyArray> whole =
          served.call(ServingSignature.DEFAULT_KEY, Map.of("points", array(points, 2, TIME, 3)), z);
      Map<String, NpyArray> answer =
          served.call(
              StrokesSignatures.INITIAL_STATE, Map.of("point", array(new float[6], 2, 3)), z);
      for (int t = 0; t <= TIME; t++) {
        for (String name : List.of("pi", "mu", "sigma", "rho", "pen")) {
          float[] all = floats(whole, name);
          float[] step = floats(answer, name);
          int size = step.length / 2;
          for (int i = 0; i < step.length; i++) {
            float expected = all[((i / size) * (TIME + 1) + t) * size + i % size];
            assertThat(step[i])
                .as("%s of step %d".formatted(name, t))
                .isCloseTo(expected, within(2e-5f * Math.max(1, Math.abs(expected))));
          }
        }
        if (t < TIME) {
          Map<String, NpyArray> inputs = new LinkedHashMap<>(answer);
          inputs.keySet().removeIf(alias -> !StrokesSignatures.isState(alias));
          float[] point = new float[6];
          System.arraycopy(points, t * 3, point, 0, 3);
          System.arraycopy(points, (TIME + t) * 3, point, 3, 3);
          inputs.put("point", array(point, 2, 3));
          answer = served.call(StrokesSignatures.STEP, inputs, z);
        }
      }
    }
  }

  /** Without warmth each point is the mean that {@code step} states, in the units of the data. */
  @ParameterizedTest
  @MethodSource("models")
  void samplesAreInTheUnitsOfTheData(List<String> settings) {
    try (Served served = new Served(settings)) {
      float[] z = {0.5f, -1, 0.5f, -1};
      int count = 5;
      Map<String, NpyArray> request = new LinkedHashMap<>();
      float[] primes = {30, -9, 1, Float.NaN, Float.NaN, 0, 30, -9, 1, 8, 2, 0};
      request.put("prime", array(primes, 2, 2, 3));
      request.put("prime_lengths", ints(1, 2));
      request.put("count", ints(count, count + 2));
      request.put("temperature", array(new float[2], 2));
      request.put("bias", array(new float[2], 2));
      request.put("seed", NpyArray.of(new long[] {1, 2}, 2));
      Map<String, NpyArray> sampled = served.call(StrokesSignatures.SAMPLE, request, z);
      NpyArray points = Objects.requireNonNull(sampled.get("points"));
      int[] lengths = Objects.requireNonNull(sampled.get("lengths")).ints();
      byte[] ended = Objects.requireNonNull(sampled.get("ended")).bytes();
      int longest = Arrays.stream(lengths).max().orElse(0);
      assertThat(points.shape()).containsExactly(2, longest, 3);
      for (int b = 0; b < 2; b++) {
        List<float[]> known = new ArrayList<>();
        for (int t = 0; t <= b; t++) {
          known.add(Arrays.copyOfRange(primes, (2 * b + t) * 3, (2 * b + t) * 3 + 3));
        }
        for (int t = 0; t < count + 2 * b; t++) {
          float[] flat = new float[known.size() * 3];
          for (int i = 0; i < known.size(); i++) {
            System.arraycopy(known.get(i), 0, flat, 3 * i, 3);
          }
          Density density =
              Density.of(
                  served.call(
                      ServingSignature.DEFAULT_KEY,
                      Map.of("points", array(flat, 1, known.size(), 3)),
                      Arrays.copyOf(z, 2)),
                  known.size());
          int best = largest(density.pi);
          int pen = density.pen.length == 3 ? largest(density.pen) : density.pen[0] > 0.5 ? 1 : 0;
          if (pen == 2) {
            assertThat(lengths[b]).isEqualTo(t);
            assertThat(ended[b]).isEqualTo((byte) 1);
            break;
          }
          assertThat(lengths[b]).isGreaterThan(t);
          float[] own =
              Arrays.copyOfRange(points.floats(), (b * longest + t) * 3, (b * longest + t + 1) * 3);
          assertThat((double) own[0]).isCloseTo(density.mu[2 * best], within(2e-3));
          assertThat((double) own[1]).isCloseTo(density.mu[2 * best + 1], within(2e-4));
          assertThat(own[2]).isEqualTo(pen);
          known.add(own);
        }
        // behind the end: zeros, not the means of the scaling
        for (int t = lengths[b]; t < longest; t++) {
          assertThat(
                  Arrays.copyOfRange(
                      points.floats(), (b * longest + t) * 3, (b * longest + t + 1) * 3))
              .containsOnly(0f);
        }
      }
    }
  }

  private static int largest(double[] values) {
    int at = 0;
    for (int i = 1; i < values.length; i++) {
      at = values[i] > values[at] ? i : at;
    }
    return at;
  }

  /** The divergence from a standard normal distribution, by its formula. */
  @Test
  void codesAndTheirDivergence() {
    try (Served served = new Served(List.of(LATENT))) {
      float[] points = drawings();
      Map<String, NpyArray> inputs =
          Map.of("points", array(points, LENGTHS.length, TIME, 3), "lengths", ints(LENGTHS));
      Map<String, NpyArray> code = served.call(StrokesSignatures.ENCODE, inputs, new float[0]);
      float[] kl = floats(served.call(StrokesSignatures.SCORE, inputs, new float[0]), "kl");
      for (int b = 0; b < LENGTHS.length; b++) {
        double expected = 0;
        for (int i = 0; i < 2; i++) {
          double mean = floats(code, "z_mean")[2 * b + i];
          double logvar = floats(code, "z_logvar")[2 * b + i];
          expected += (mean * mean + Math.exp(logvar) - logvar - 1) / 2;
        }
        assertThat((double) kl[b]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  /** No drawing, and drawings without a point: answers of those sizes. */
  @ParameterizedTest
  @MethodSource("models")
  void emptyRequestsHaveAnswers(List<String> settings) {
    try (Served served = new Served(settings)) {
      for (ServingSignature signature : served.signatures) {
        for (int batch : new int[] {0, 2}) {
          Map<String, NpyArray> inputs = new LinkedHashMap<>();
          signature
              .inputs()
              .forEach((alias, tensor) -> inputs.put(alias, empty(batch, alias, tensor.shape())));
          ReferenceCase.record(served.graph.session, signature, inputs)
              .outputs()
              .forEach(
                  (alias, array) ->
                      assertThat(array.shape()[0])
                          .as(signature.key() + ": " + alias)
                          .isEqualTo(batch));
        }
      }
    }
  }

  private static NpyArray empty(int batch, String alias, Shape shape) {
    long[] sizes = shape.asArray();
    sizes[0] = batch;
    if (sizes.length == 3) {
      sizes[1] = 0;
    }
    int count = (int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    return switch (alias) {
      case "lengths", "prime_lengths", "count" -> NpyArray.of(new int[count], sizes);
      case "seed" -> NpyArray.of(new long[count], sizes);
      default -> NpyArray.of(new float[count], sizes);
    };
  }
}
