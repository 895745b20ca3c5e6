// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.internal.KeyedRandom;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.measure.PredictiveUncertainty;
import org.hypernet4j.measure.Probabilities;
import org.hypernet4j.spec.GeneratorInitialisation;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** What several networks compute together, and from which noise. */
class UncertaintyModelTest {
  private static final GeneratorSpec CHUNKED =
      new GeneratorSpec.Chunked(600, 3, List.of(4), GeneratorInitialisation.HYPERFAN_IN);

  private static UncertaintySpec bayesian(boolean shifts) {
    return new UncertaintySpec(
        List.of(6), new UncertaintyMethodSpec.Bayesian(2, List.of(5), shifts, 1, 1, 0.1, 1, 4));
  }

  private static UncertaintySpec implicit(double diversity) {
    return new UncertaintySpec(
        List.of(6), new UncertaintyMethodSpec.Implicit(3, CHUNKED, diversity, 4));
  }

  private static UncertaintySpec rows() {
    return new UncertaintySpec(List.of(6), new UncertaintyMethodSpec.Rows(3, 2, CHUNKED));
  }

  private static UncertaintySpec ensemble() {
    return new UncertaintySpec(List.of(6), new UncertaintyMethodSpec.Ensemble(3));
  }

  private static UncertaintySpec one() {
    return new UncertaintySpec(List.of(6), new UncertaintyMethodSpec.One());
  }

  private static float[] numbers(int count, int seed, double scale) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (random.nextGaussian() * scale);
    }
    return numbers;
  }

  private static NpyArray images(int count) {
    return NpyArray.of(numbers(count * 784, 4, 0.2), count, 28, 28, 1);
  }

  /** Parameters with values of the size that they begin with, and those that begin with 0 moved. */
  private static void move(TestGraph g) {
    g.store.initialize(g.session);
    Map<String, float[]> values = ParameterValues.read(g.session, g.store.all());
    Map<String, float[]> moved = new LinkedHashMap<>();
    for (Parameter parameter : g.store.all()) {
      float[] own = Objects.requireNonNull(values.get(parameter.name())).clone();
      float[] by = numbers(own.length, parameter.name().hashCode(), 0.03);
      for (int i = 0; i < own.length; i++) {
        own[i] += by[i];
      }
      moved.put(parameter.name(), own);
    }
    ParameterValues.assign(g.session, g.store, moved);
  }

  private static float[] get(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name).floats();
  }

  private static Map<String, NpyArray> with(Object... pairs) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      inputs.put((String) pairs[i], (NpyArray) pairs[i + 1]);
    }
    return inputs;
  }

  /** Each row of the served answers beside {@link PredictiveUncertainty} in double. */
  private static void assertPredictions(
      Map<String, NpyArray> answer, double[][][] draws, double tolerance) {
    PredictiveUncertainty expected = PredictiveUncertainty.of(draws);
    assertClose(
        "probabilities",
        get(answer, "probabilities"),
        Arrays.stream(expected.mean()).flatMapToDouble(Arrays::stream).toArray(),
        tolerance);
    assertClose("entropy", get(answer, "entropy"), expected.entropy(), 10 * tolerance);
    assertClose(
        "information",
        get(answer, "mutualInformation"),
        expected.mutualInformation(),
        10 * tolerance);
    long[] classes = Objects.requireNonNull(answer.get("class")).longs();
    for (int i = 0; i < classes.length; i++) {
      double[] row = expected.mean()[i];
      // of two that are nearly equal either may be the larger one in float32
      assertThat(row[(int) classes[i]])
          .isCloseTo(Arrays.stream(row).max().orElseThrow(), within(tolerance));
    }
  }

  /** {@code [draws][1][classes]} of one image from the inner function. */
  private static double[][] probabilities(float[] logits, int from) {
    return Probabilities.softmax(new float[][] {Arrays.copyOfRange(logits, from, from + 10)});
  }

  @Test
  void everyImageIsPredictedByTheNetworksOfItsOwnNoise() {
    for (UncertaintySpec spec : List.of(bayesian(false), bayesian(true), implicit(0))) {
      try (TestGraph g = new TestGraph()) {
        Functions functions = new UncertaintyModel(g.store.root(), spec).functions(g.store.root());
        move(g);
        int size = UncertaintyModel.noiseSize(spec);
        int images = 3;
        int draws = 2;
        float[] z = numbers(images * draws * size, 5, 1);
        Map<String, NpyArray> answer =
            functions.call(
                g.session,
                ServingSignature.DEFAULT_KEY,
                with("image", images(images), "z", NpyArray.of(z, images, draws, size)));
        double[][][] expected = new double[draws][images][];
        for (int i = 0; i < images; i++) {
          for (int r = 0; r < draws; r++) {
            int at = (i * draws + r) * size;
            NpyArray own = NpyArray.of(Arrays.copyOfRange(z, at, at + size), 1, size);
            float[] logits =
                get(
                    functions.call(
                        g.session, UncertaintyModel.DRAWS, with("image", images(images), "z", own)),
                    "logits");
            expected[r][i] = probabilities(logits, i * 10)[0];
          }
        }
        assertPredictions(answer, expected, 2e-5);
        // the networks do differ
        assertThat(expected[0][0][0]).isNotCloseTo(expected[1][0][0], within(1e-4));
      }
    }
  }

  @Test
  void aSeedDrawsTheNoiseThatJavaDrawsWithIt() {
    for (UncertaintySpec spec : List.of(bayesian(false), implicit(0))) {
      try (TestGraph g = new TestGraph()) {
        Functions functions = new UncertaintyModel(g.store.root(), spec).functions(g.store.root());
        move(g);
        int size = UncertaintyModel.noiseSize(spec);
        long[] seeds = {7, -3, Long.MAX_VALUE};
        float[] z = new float[3 * 4 * size];
        for (int i = 0; i < 3; i++) {
          System.arraycopy(
              Predictor.noise(seeds[i], 0, 4, spec).floats(), 0, z, i * 4 * size, 4 * size);
        }
        Map<String, NpyArray> sampled =
            functions.call(
                g.session,
                UncertaintyModel.SAMPLE,
                with("image", images(3), "seed", NpyArray.of(seeds, 3)));
        Map<String, NpyArray> given =
            functions.call(
                g.session,
                ServingSignature.DEFAULT_KEY,
                with("image", images(3), "z", NpyArray.of(z, 3, 4, size)));
        for (String name : List.of("probabilities", "entropy", "mutualInformation")) {
          assertClose(name, get(sampled, name), toDoubles(get(given, name)), 1e-5);
        }
        // later draws of the same seed
        assertThat(Predictor.noise(7, 2, 2, spec).floats())
            .containsExactly(Arrays.copyOfRange(z, 2 * size, 4 * size));
        // and alone as among others
        Map<String, NpyArray> alone =
            functions.call(
                g.session,
                UncertaintyModel.SAMPLE,
                with("image", images(1), "seed", NpyArray.of(new long[] {7}, 1)));
        assertClose(
            "alone",
            get(alone, "probabilities"),
            toDoubles(Arrays.copyOf(get(sampled, "probabilities"), 10)),
            1e-6);
      }
    }
  }

  /** Mean 0, variance 1, no correlation of neighbours, each within five standard errors. */
  @Test
  void theNoiseIsStandardNormal() {
    try (TestGraph g = new TestGraph()) {
      int count = 40_000;
      Operand<TFloat32> drawn =
          KeyedRandom.normalRows(g.tf, g.tf.constant(new long[] {3, 4}), count / 4, 2);
      assertThat(drawn.shape()).isEqualTo(Shape.of(2, count / 4, 2));
      float[] values = g.fetch(drawn);
      assertThat(values).hasSize(count);
      double mean = 0;
      double square = 0;
      double neighbours = 0;
      for (int i = 0; i < count; i++) {
        mean += values[i] / (double) count;
        square += (double) values[i] * values[i] / count;
        neighbours += i == 0 ? 0 : (double) values[i] * values[i - 1] / count;
      }
      double error = 1 / Math.sqrt(count);
      assertThat(mean).isCloseTo(0, within(5 * error));
      assertThat(square).isCloseTo(1, within(5 * Math.sqrt(2) * error));
      assertThat(neighbours).isCloseTo(0, within(5 * error));
    }
  }

  @Test
  void aListOfNetworksPredictsTogether() {
    for (UncertaintySpec spec : List.of(rows(), ensemble(), one())) {
      try (TestGraph g = new TestGraph()) {
        Functions functions = new UncertaintyModel(g.store.root(), spec).functions(g.store.root());
        move(g);
        int count = UncertaintyModel.count(spec.method());
        float[] logits =
            get(
                functions.call(g.session, UncertaintyModel.DRAWS, with("image", images(2))),
                "logits");
        assertThat(logits).hasSize(count * 2 * 10);
        double[][][] draws = new double[count][2][];
        for (int m = 0; m < count; m++) {
          for (int i = 0; i < 2; i++) {
            draws[m][i] = probabilities(logits, (m * 2 + i) * 10)[0];
          }
        }
        Map<String, NpyArray> answer =
            functions.call(g.session, ServingSignature.DEFAULT_KEY, with("image", images(2)));
        assertPredictions(answer, draws, 2e-5);
        if (count == 1) {
          assertClose("information", get(answer, "mutualInformation"), new double[2], 1e-5);
        } else {
          assertThat(get(answer, "mutualInformation")[0]).isGreaterThan(1e-3f);
        }
      }
    }
  }

  @Test
  void rowsWithoutAPredictionDisturbNoOthers() {
    for (UncertaintySpec spec : List.of(bayesian(false), implicit(0))) {
      try (TestGraph g = new TestGraph()) {
        Functions functions = new UncertaintyModel(g.store.root(), spec).functions(g.store.root());
        move(g);
        int size = UncertaintyModel.noiseSize(spec);
        NpyArray z = NpyArray.of(numbers(4 * size, 5, 1), 4, 1, size);
        float[] bad = z.floats();
        bad[size + 2] = Float.NaN;
        float[] pixels = images(4).floats();
        pixels[3 * 784 + 50] = Float.POSITIVE_INFINITY;
        String key = ServingSignature.DEFAULT_KEY;
        Map<String, NpyArray> good =
            functions.call(g.session, key, with("image", images(4), "z", z));
        Map<String, NpyArray> some =
            functions.call(
                g.session,
                key,
                with(
                    "image", NpyArray.of(pixels, 4, 28, 28, 1), "z", NpyArray.of(bad, 4, 1, size)));
        long[] wanted = Objects.requireNonNull(good.get("class")).longs();
        assertThat(Objects.requireNonNull(some.get("class")).longs())
            .containsExactly(wanted[0], -1, wanted[2], -1);
        for (int row : new int[] {1, 3}) {
          assertThat(get(some, "entropy")[row]).isNaN();
          assertThat(get(some, "mutualInformation")[row]).isNaN();
          assertThat(get(some, "probabilities")[10 * row]).isNaN();
        }
        assertThat(get(some, "entropy")[0]).isEqualTo(get(good, "entropy")[0]);
        assertThat(get(some, "entropy")[2]).isEqualTo(get(good, "entropy")[2]);
        // no network at all
        Map<String, NpyArray> none =
            functions.call(
                g.session,
                key,
                with("image", images(2), "z", NpyArray.of(new float[0], 2, 0, size)));
        assertThat(Objects.requireNonNull(none.get("class")).longs()).containsExactly(-1, -1);
      }
    }
  }

  @Test
  void theGradientByTheNoiseIsThatOfFiniteDifferences() {
    for (UncertaintySpec spec : List.of(bayesian(true), implicit(0))) {
      try (TestGraph g = new TestGraph()) {
        UncertaintyModel model = new UncertaintyModel(g.store.root(), spec);
        NoiseNetworks networks = (NoiseNetworks) model.networks();
        Functions functions = model.functions(g.store.root());
        int size = networks.noiseSize();
        float[] noise = numbers(size, 6, 1);
        float[] pixels = numbers(2 * 784, 4, 0.2);
        Operand<TFloat32> z =
            g.tf.identity(g.tf.constant(Shape.of(1, size), DataBuffers.of(noise, true, false)));
        Operand<TFloat32> x = g.tf.constant(Shape.of(2, 784), DataBuffers.of(pixels, true, false));
        Operand<TFloat32> loss = g.sum(g.tf.math.square(networks.all(g.tf, x, z)));
        Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(z)).get(0);
        move(g);
        float[] received = Fetched.of(g.session, Map.of("g", gradient)).get("g");
        double[] expected = new double[size];
        float step = 1e-2f; // of float32 logits: a small step would drown in rounding
        for (int i = 0; i < size; i++) {
          for (int sign : new int[] {1, -1}) {
            float[] moved = noise.clone();
            moved[i] += sign * step;
            float[] logits =
                get(
                    functions.call(
                        g.session,
                        UncertaintyModel.DRAWS,
                        with(
                            "image",
                            NpyArray.of(pixels, 2, 28, 28, 1),
                            "z",
                            NpyArray.of(moved, 1, size))),
                    "logits");
            for (float logit : logits) {
              expected[i] += sign * (double) logit * logit / (2 * step);
            }
          }
        }
        assertGradient("noise", received, expected, 1e-2);
      }
    }
  }

  @Test
  void diversityIsTheLogarithmOfTheDistance() {
    try (TestGraph g = new TestGraph()) {
      float[] values = numbers(2 * 3 * 4, 9, 1);
      Operand<TFloat32> logits =
          g.tf.identity(g.tf.constant(Shape.of(2, 3, 4), DataBuffers.of(values, true, false)));
      Operand<TFloat32> log = Diversity.logDistance(g.tf, logits);
      Operand<TFloat32> gradient = Gradients.byTensors(log, List.of(logits)).get(0);
      Fetched fetched = Fetched.of(g.session, Map.of("log", log, "gradient", gradient));
      double[] exact = toDoubles(values);
      assertThat(fetched.get("log")[0]).isCloseTo((float) logDistance(exact), within(1e-6f));
      double[] expected = new double[exact.length];
      for (int i = 0; i < exact.length; i++) {
        double[] up = exact.clone();
        double[] down = exact.clone();
        up[i] += 1e-5;
        down[i] -= 1e-5;
        expected[i] = (logDistance(up) - logDistance(down)) / 2e-5;
      }
      assertGradient("logits", fetched.get("gradient"), expected, 1e-5);
      // a constant added to all logits of an image changes no prediction, and no distance
      float[] shifted = values.clone();
      for (int i = 0; i < 4; i++) {
        shifted[i] += 3;
      }
      assertThat(logDistance(toDoubles(shifted))).isCloseTo(logDistance(exact), within(1e-6));
    }
    // (10 Z) / N
    assertThat(Diversity.weight(10, 8, 55_000)).isEqualTo(80.0 / 55_000);
  }

  /** Half the logarithm of the mean square of differences of logits less their means. */
  private static double logDistance(double[] logits) {
    double sum = 0;
    for (int n = 0; n < 3; n++) {
      double mean = 0;
      for (int c = 0; c < 4; c++) {
        mean += (logits[n * 4 + c] - logits[12 + n * 4 + c]) / 4;
      }
      for (int c = 0; c < 4; c++) {
        double apart = logits[n * 4 + c] - logits[12 + n * 4 + c] - mean;
        sum += apart * apart;
      }
    }
    return Math.log(sum / 12 + 1e-8) / 2;
  }
}
