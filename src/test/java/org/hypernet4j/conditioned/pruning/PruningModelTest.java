// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.hypernet4j.fixtures.PlainLayers.Images;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.ComparedWidthsSpec;
import org.hypernet4j.spec.GeneratorInitialisation;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.PruningSpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Masked weights against nets in plain double whose tensors are really cropped. */
class PruningModelTest {
  private static final List<Integer> FILTERS = List.of(5, 4);
  private static final int F = 3;
  private static final ComparedWidthsSpec COMPARED = new ComparedWidthsSpec(3, 1, 2, 4, 0.01);
  private static final PruningSpec SPEC = spec(heads());

  private static PruningSpec spec(GeneratorSpec generator) {
    return new PruningSpec(FILTERS, F, generator, COMPARED);
  }

  private static GeneratorSpec heads() {
    return new GeneratorSpec.Heads(List.of(6), true, GeneratorInitialisation.HYPERFAN_IN, 0.01);
  }

  /** Values of the order of what a trained net has, so that nothing saturates. */
  static Map<String, double[]> random(TestGraph g) {
    Random random = new Random(5);
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, double[]> exact = new LinkedHashMap<>();
    g.store.initialize(g.session);
    for (Parameter parameter : g.store.all()) {
      float[] value = new float[(int) parameter.size()];
      for (int i = 0; i < value.length; i++) {
        value[i] = (float) random.nextGaussian() / 4;
      }
      values.put(parameter.name(), value);
      exact.put(parameter.name(), toDoubles(value));
    }
    ParameterValues.assign(g.session, g.store, values);
    return exact;
  }

  private static float[] pixels(int count) {
    Random random = new Random(3);
    float[] pixels = new float[count * 28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return pixels;
  }

  private static Images images(float[] pixels, int from, int count) {
    return new Images(
        toDoubles(Arrays.copyOfRange(pixels, from * 784, (from + count) * 784)), count, 28, 28, 1);
  }

  private static Map<String, NpyArray> inputs(float[] pixels, int... widths) {
    int count = pixels.length / 784;
    return Map.of(
        "image",
        NpyArray.of(pixels, count, 28, 28, 1),
        "widths",
        widths.length == 2 ? NpyArray.of(widths, 2) : NpyArray.of(widths, count, 2));
  }

  private static float[] logits(Map<String, NpyArray> outputs) {
    return Objects.requireNonNull(outputs.get("logits")).floats();
  }

  @Test
  void maskedWeightsComputeWhatReallyCroppedOnesDo() {
    try (TestGraph g = new TestGraph()) {
      Functions functions = new PruningModel(g.store.root(), SPEC).functions(g.store.root());
      PlainPruning plain = new PlainPruning(random(g), FILTERS, F);
      float[] pixels = pixels(2);
      for (Widths widths :
          List.of(new Widths(1, 1), new Widths(5, 4), new Widths(2, 3), new Widths(5, 1))) {
        float[] actual =
            logits(
                functions.call(
                    g.session,
                    PruningModel.ONE_PAIR,
                    inputs(pixels, widths.first(), widths.second())));
        assertClose(
            widths.toString(),
            actual,
            plain.logits(plain.condition(widths), widths, images(pixels, 0, 2)),
            1e-4);
      }
    }
  }

  @Test
  void eachImageIsReadByTheNetOfItsOwnWidths() {
    try (TestGraph g = new TestGraph()) {
      Functions functions = new PruningModel(g.store.root(), SPEC).functions(g.store.root());
      PlainPruning plain = new PlainPruning(random(g), FILTERS, F);
      float[] pixels = pixels(4);
      int[] widths = {2, 4, 1, 1, 5, 3, 4, 2};
      Map<String, NpyArray> outputs =
          functions.call(g.session, ServingSignature.DEFAULT_KEY, inputs(pixels, widths));
      double[] expected = new double[40];
      for (int i = 0; i < 4; i++) {
        Widths own = new Widths(widths[2 * i], widths[2 * i + 1]);
        System.arraycopy(
            plain.logits(plain.condition(own), own, images(pixels, i, 1)), 0, expected, 10 * i, 10);
      }
      assertClose("logits", logits(outputs), expected, 1e-4);
      for (int i = 0; i < 4; i++) {
        int best = 0;
        double sum = 0;
        for (int c = 0; c < 10; c++) {
          best = expected[10 * i + c] > expected[10 * i + best] ? c : best;
          sum += Math.exp(expected[10 * i + c]);
        }
        assertThat(Objects.requireNonNull(outputs.get("class")).longs()[i]).isEqualTo(best);
        assertThat(Objects.requireNonNull(outputs.get("probabilities")).floats()[10 * i + best])
            .isCloseTo(
                (float) (Math.exp(expected[10 * i + best]) / sum),
                org.assertj.core.api.Assertions.within(1e-4f));
      }
    }
  }

  /** 0, negative and more than the full width: NaN and the class -1, and the other rows as ever. */
  @Test
  void widthsThatAreNoneSpoilTheirRowAlone() {
    try (TestGraph g = new TestGraph()) {
      Functions functions = new PruningModel(g.store.root(), SPEC).functions(g.store.root());
      random(g);
      float[] pixels = pixels(5);
      Map<String, NpyArray> good =
          functions.call(
              g.session,
              ServingSignature.DEFAULT_KEY,
              inputs(pixels, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3));
      Map<String, NpyArray> mixed =
          functions.call(
              g.session,
              ServingSignature.DEFAULT_KEY,
              inputs(pixels, 2, 3, 0, 3, 6, 3, 2, 3, 2, Integer.MIN_VALUE));
      for (int i = 0; i < 5; i++) {
        float[] row = Arrays.copyOfRange(logits(mixed), 10 * i, 10 * i + 10);
        float[] probabilities =
            Arrays.copyOfRange(
                Objects.requireNonNull(mixed.get("probabilities")).floats(), 10 * i, 10 * i + 10);
        long label = Objects.requireNonNull(mixed.get("class")).longs()[i];
        if (i == 0 || i == 3) {
          assertThat(row).isEqualTo(Arrays.copyOfRange(logits(good), 10 * i, 10 * i + 10));
          assertThat(label).isBetween(0L, 9L);
        } else {
          assertThat(row).containsOnly(Float.NaN);
          assertThat(probabilities).containsOnly(Float.NaN);
          assertThat(label).isEqualTo(-1);
        }
      }
    }
  }

  private static double sum(double[] logits) {
    return Arrays.stream(logits).map(x -> x * x).sum();
  }

  @Test
  void theGradientByTheConditionIsThatOfFiniteDifferences() {
    try (TestGraph g = new TestGraph()) {
      PruningModel model = new PruningModel(g.store.root(), SPEC);
      float[] pixels = pixels(2);
      Widths widths = new Widths(2, 3);
      Operand<TFloat32> shares = g.tf.identity(g.tf.constant(new float[] {0.4f, 0.75f}));
      Operand<TFloat32> logits =
          model.logits(
              g.tf,
              model.weights(g.tf, shares, g.tf.constant(widths.numbers())),
              g.tf.constant(Shape.of(2, 28, 28, 1), DataBuffers.of(pixels, true, false)));
      Operand<TFloat32> gradient =
          Gradients.byTensors(g.sum(g.tf.math.square(logits)), List.of(shares)).get(0);
      PlainPruning plain = new PlainPruning(random(g), FILTERS, F);
      double[] expected = new double[2];
      double step = 1e-5;
      for (int i = 0; i < 2; i++) {
        double[] more = {0.4f, 0.75f};
        double[] less = {0.4f, 0.75f};
        more[i] += step;
        less[i] -= step;
        expected[i] =
            (sum(plain.logits(more, widths, images(pixels, 0, 2)))
                    - sum(plain.logits(less, widths, images(pixels, 0, 2))))
                / (2 * step);
      }
      assertGradient("condition", g.fetch(gradient), expected, 1e-4);
    }
  }

  /** And that by the parameters: what a width loses has no part in the loss. */
  @Test
  void onlyTheChannelsThatAreKeptLearn() {
    try (TestGraph g = new TestGraph()) {
      PruningModel model = new PruningModel(g.store.root(), SPEC);
      float[] pixels = pixels(1);
      Widths widths = new Widths(2, 3);
      Operand<TFloat32> logits =
          model.logits(
              g.tf,
              model.weights(g.tf, g.tf.constant(widths.numbers())),
              g.tf.constant(Shape.of(1, 28, 28, 1), DataBuffers.of(pixels, true, false)));
      List<String> names =
          List.of("generator/conv0/kernel/B", "generator/conv1/kernel/B", "generator/conv1/bias/H");
      Map<Parameter, Operand<TFloat32>> all =
          Gradients.of(g.sum(g.tf.math.square(logits)), g.store.trainables());
      Map<String, Operand<TFloat32>> wanted = new LinkedHashMap<>();
      all.forEach(
          (parameter, gradient) -> {
            if (names.contains(parameter.name())) {
              wanted.put(parameter.name(), gradient);
            }
          });
      Map<String, double[]> p = random(g);
      PlainPruning plain = new PlainPruning(p, FILTERS, F);
      Fetched gradients = Fetched.of(g.session, wanted);
      double step = 1e-5;
      for (String name : names) {
        double[] values = Objects.requireNonNull(p.get(name));
        double[] expected = new double[values.length];
        for (int i = 0; i < values.length; i++) {
          double value = values[i];
          values[i] = value + step;
          double more = sum(plain.logits(plain.condition(widths), widths, images(pixels, 0, 1)));
          values[i] = value - step;
          double less = sum(plain.logits(plain.condition(widths), widths, images(pixels, 0, 1)));
          values[i] = value;
          expected[i] = (more - less) / (2 * step);
        }
        assertGradient(name, gradients.get(name), expected, 1e-4);
      }
      float[] first = gradients.get("generator/conv0/kernel/B"); // [3, 3, 1, 5]
      for (int i = 0; i < first.length; i++) {
        if (i % 5 >= 2) {
          assertThat(first[i]).isZero();
        }
      }
    }
  }

  /** Weights that do not depend on the condition are cropped to the widths of each row, too. */
  @Test
  void aPlainNetIsCroppedLikeGeneratedOnes() {
    try (TestGraph g = new TestGraph()) {
      Functions functions =
          new PruningModel(
                  g.store.root(), spec(new GeneratorSpec.Plain(new InitializerSpec.HeNormal())))
              .functions(g.store.root());
      random(g);
      float[] pixels = pixels(2);
      float[] each =
          logits(
              functions.call(g.session, ServingSignature.DEFAULT_KEY, inputs(pixels, 2, 3, 5, 1)));
      float[] first =
          logits(functions.call(g.session, PruningModel.ONE_PAIR, inputs(pixels, 2, 3)));
      float[] second =
          logits(functions.call(g.session, PruningModel.ONE_PAIR, inputs(pixels, 5, 1)));
      double[] expected = toDoubles(first);
      System.arraycopy(toDoubles(second), 10, expected, 10, 10);
      assertClose("logits", each, expected, 1e-5);
      assertThat(first).isNotEqualTo(second);
    }
  }
}
