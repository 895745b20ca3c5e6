// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

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
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.GeneratorInitialisation;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.SineImagesSpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Encoder, hypernetwork and network of sines against their equations in plain double. */
class SineImagesModelTest {
  private static final int SIDE = 4;
  private static final int CODE = 3;
  private static final int H = 5;
  private static final SineImagesSpec SPEC =
      new SineImagesSpec(
          CODE,
          List.of(6),
          List.of(7, 4),
          2.5,
          new GeneratorSpec.Heads(List.of(H), true, GeneratorInitialisation.HYPERFAN_IN, 0.01),
          0,
          0);
  private static final int[][] LAYERS = {{2, 7}, {7, 4}, {4, 1}};
  private static final String[] NAMES = {"sine0", "sine1", "output"};

  private static double[] get(Map<String, double[]> p, String name) {
    return Objects.requireNonNull(p.get(name), name);
  }

  private static double[] affine(double[] x, double[] w, double[] b) {
    double[] y = b.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * w[i * y.length + o];
      }
    }
    return y;
  }

  private static double[] relu(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i]);
    }
    return y;
  }

  /** One weight of the image's network: w = ReLU(z W + b) H + B. */
  private static double[] made(Map<String, double[]> p, double[] code, String name) {
    String scope = "generator/" + name;
    double[] h = relu(affine(code, get(p, scope + "/hidden0/W"), get(p, scope + "/hidden0/b")));
    return affine(h, get(p, scope + "/H"), get(p, scope + "/B"));
  }

  /** The value of the network of a code at a place: sines of w_0 times the sum. */
  private static double value(Map<String, double[]> p, double[] code, double... place) {
    double[] h = place;
    for (int l = 0; l < LAYERS.length; l++) {
      double[] sum =
          affine(h, made(p, code, NAMES[l] + "/kernel"), made(p, code, NAMES[l] + "/bias"));
      h = sum.clone();
      for (int i = 0; l < 2 && i < h.length; i++) {
        h[i] = Math.sin(2.5 * sum[i]);
      }
    }
    return h[0];
  }

  private static double[] code(Map<String, double[]> p, double[] image) {
    double[] h =
        relu(affine(image, get(p, "encoder/dense0/kernel"), get(p, "encoder/dense0/bias")));
    return affine(h, get(p, "encoder/dense1/kernel"), get(p, "encoder/dense1/bias"));
  }

  private static Map<String, double[]> random(TestGraph g) {
    Random random = new Random(5);
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, double[]> exact = new LinkedHashMap<>();
    g.store.initialize(g.session);
    g.store
        .all()
        .forEach(
            parameter -> {
              float[] value = new float[(int) parameter.size()];
              for (int i = 0; i < value.length; i++) {
                value[i] = (float) random.nextGaussian() / 2;
              }
              values.put(parameter.name(), value);
              exact.put(parameter.name(), toDoubles(value));
            });
    ParameterValues.assign(g.session, g.store, values);
    return exact;
  }

  private static float[] numbers(int count, int seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() * 2 - 1;
    }
    return numbers;
  }

  private static double[] row(float[] all, int row, int size) {
    double[] one = new double[size];
    for (int i = 0; i < size; i++) {
      one[i] = all[row * size + i];
    }
    return one;
  }

  @Test
  void everyFunctionFollowsItsEquation() {
    try (TestGraph g = new TestGraph()) {
      SineImagesModel model = new SineImagesModel(g.store.root(), SPEC, SIDE);
      Functions functions = model.functions(g.store.root());
      Map<String, double[]> p = random(g);
      int batch = 3;
      int points = 2;
      float[] image = numbers(batch * SIDE * SIDE, 1);
      float[] places = numbers(batch * points * 2, 2);
      NpyArray images = NpyArray.of(image, batch, SIDE, SIDE, 1);
      NpyArray at = NpyArray.of(places, batch, points, 2);
      float[] drawn =
          output(
              functions.call(
                  g.session,
                  ServingSignature.DEFAULT_KEY,
                  Map.of("image", images, "coordinates", at)),
              "values");
      float[] codes = output(functions.call(g.session, "encode", Map.of("image", images)), "code");
      float[] decoded =
          output(
              functions.call(
                  g.session,
                  "decode",
                  Map.of("code", NpyArray.of(codes, batch, CODE), "coordinates", at)),
              "values");
      float[] whole =
          output(functions.call(g.session, "reconstruct", Map.of("image", images)), "values");

      double[] expectedCodes = new double[batch * CODE];
      double[] expected = new double[batch * points];
      double[] expectedWhole = new double[batch * SIDE * SIDE];
      for (int b = 0; b < batch; b++) {
        double[] code = code(p, row(image, b, SIDE * SIDE));
        System.arraycopy(code, 0, expectedCodes, b * CODE, CODE);
        for (int i = 0; i < points; i++) {
          expected[b * points + i] = value(p, code, row(places, b * points + i, 2));
        }
        for (int i = 0; i < SIDE * SIDE; i++) {
          // rows and columns evenly from -1 to 1
          expectedWhole[b * SIDE * SIDE + i] =
              value(p, code, -1 + 2.0 / 3 * Math.floorDiv(i, SIDE), -1 + 2.0 / 3 * (i % SIDE));
        }
      }
      assertClose("code", codes, expectedCodes, 1e-5);
      assertClose("values", drawn, expected, 1e-5);
      assertClose("decoded", decoded, expected, 1e-5);
      assertClose("whole", whole, expectedWhole, 1e-5);
    }
  }

  private static float[] output(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name)).floats();
  }

  @Test
  void theGradientByTheCodeIsThatOfFiniteDifferences() {
    try (TestGraph g = new TestGraph()) {
      SineImagesModel model = new SineImagesModel(g.store.root(), SPEC, SIDE);
      float[] code = numbers(2 * CODE, 3);
      float[] places = numbers(2 * 4 * 2, 4);
      Operand<TFloat32> z =
          g.tf.identity(g.tf.constant(Shape.of(2, CODE), DataBuffers.of(code, true, false)));
      Operand<TFloat32> at = g.tf.constant(Shape.of(2, 4, 2), DataBuffers.of(places, true, false));
      Operand<TFloat32> values = model.values(g.tf, model.weights(g.tf, z), at);
      Operand<TFloat32> loss =
          g.tf.reduceSum(g.tf.math.square(values), g.tf.constant(new int[] {0, 1}));
      Operand<TFloat32> gradient = Gradients.byTensors(loss, List.of(z)).get(0);
      // the encoder takes no part, but is a part of the store
      Map<String, double[]> p = random(g);
      double[] expected = new double[2 * CODE];
      double step = 1e-5;
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (sum(p, code, places, i, step) - sum(p, code, places, i, -step)) / (2 * step);
      }
      assertGradient("code", Fetched.of(g.session, Map.of("g", gradient)).get("g"), expected, 1e-4);
    }
  }

  private static double sum(
      Map<String, double[]> p, float[] codes, float[] places, int moved, double by) {
    double sum = 0;
    for (int b = 0; b < 2; b++) {
      double[] code = row(codes, b, CODE);
      if (moved / CODE == b) {
        code[moved % CODE] += by;
      }
      for (int i = 0; i < 4; i++) {
        double value = value(p, code, row(places, b * 4 + i, 2));
        sum += value * value;
      }
    }
    return sum;
  }

  @Test
  void theNetworkOfAnImageHasThePublishedSize() {
    try (TestGraph g = new TestGraph()) {
      SineImagesSpec published =
          new SineImagesSpec(32, List.of(256), List.of(32, 32), 30, SPEC.generator(), 1e-5, 1e-5);
      SineImagesModel model = new SineImagesModel(g.store.root(), published, 28);
      // 2 x 32 + 32, 32 x 32 + 32, 32 + 1: the specification's 1,185
      assertThat(model.sines().weights().size()).isEqualTo(1185);
      assertThat(ParameterStore.count(g.store.model()))
          .isEqualTo(
              784 * 256
                  + 256
                  + 256 * 32
                  + 32 // the encoder
                  + 6 * (33L * H) // hidden layers of the six heads
                  + (H + 1) * 1185L); // H and B
    }
  }
}
