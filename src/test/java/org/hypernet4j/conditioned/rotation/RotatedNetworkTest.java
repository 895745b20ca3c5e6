// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toDoubles;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Networks for turned images against their equations in double, and each row against a loop. */
class RotatedNetworkTest {
  private static final int PIXELS = BuiltRotation.PIXELS;
  private static final int CLASSES = BuiltRotation.CLASSES;
  private static final String HEADS = "model.generator={\"type\":\"heads\",\"hiddenSizes\":[5]}";

  private static final String ANGLES = "model.rotations={\"seen\":[0,90,200],\"unseen\":[30]}";
  private static final String SIX = "training.batchSize=6";

  /** Cosine and sine of 20, 110, 245 and 90 degrees. */
  private static final float[] FOUR = {
    0.9396926f, 0.3420201f, -0.3420201f, 0.9396926f, -0.4226183f, -0.9063078f, 0, 1
  };

  /** {@code x W + b} with a ReLU or none. */
  private static double[] layer(double[] x, double[] w, double[] b, boolean relu) {
    double[] y = new double[w.length / x.length];
    for (int j = 0; j < y.length; j++) {
      double sum = b.length == 0 ? 0 : b[j];
      for (int i = 0; i < x.length; i++) {
        sum += x[i] * w[i * y.length + j];
      }
      y[j] = relu ? Math.max(0, sum) : sum;
    }
    return y;
  }

  private static double[] network(double[] image, Function<String, double[]> w) {
    double[] h = layer(image, w.apply("dense0/kernel"), w.apply("dense0/bias"), true);
    return layer(h, w.apply("dense1/kernel"), w.apply("dense1/bias"), false);
  }

  /** The heads read the root of two times cosine and sine: w_j = ReLU(c W + b) H_j + B_j. */
  private static double[] zeroShot(BuiltRotation net, double[] image, double[] d) {
    double[] c = {Math.sqrt(2) * d[0], Math.sqrt(2) * d[1]};
    double[] h =
        layer(c, net.parameter("generator/hidden0/W"), net.parameter("generator/hidden0/b"), true);
    return network(
        image,
        name ->
            layer(
                h,
                net.parameter("generator/" + name + "/H"),
                net.parameter("generator/" + name + "/B"),
                false));
  }

  /** W' = W + s A B with A = h H_A + A_0, B = h H_B, h = ReLU([c ; z] W + b); biases stay. */
  private static double[] adapted(BuiltRotation net, double[] image, double[] d) {
    return network(
        image,
        name -> {
          double[] w = net.parameter("base/" + name).clone();
          if (name.endsWith("bias")) {
            return w;
          }
          String layer = name.substring(0, name.indexOf('/'));
          double[] z = net.parameter("embeddings/" + layer + "/z");
          double[] c = new double[2 + z.length];
          c[0] = Math.sqrt(2) * d[0];
          c[1] = Math.sqrt(2) * d[1];
          System.arraycopy(z, 0, c, 2, z.length);
          double[] h =
              layer(
                  c,
                  net.parameter("generator/hidden0/W"),
                  net.parameter("generator/hidden0/b"),
                  true);
          String scope = "generator/" + layer;
          double[] a =
              layer(h, net.parameter(scope + "/a/H"), net.parameter(scope + "/a/B"), false);
          double[] b = layer(h, net.parameter(scope + "/b/H"), new double[0], false);
          int rank = 2;
          int n = b.length / rank;
          for (int i = 0; i < w.length / n; i++) {
            for (int j = 0; j < n; j++) {
              for (int r = 0; r < rank; r++) {
                w[i * n + j] += 0.5 * a[i * rank + r] * b[r * n + j];
              }
            }
          }
          return w;
        });
  }

  private interface Equation {
    double[] logits(BuiltRotation net, double[] image, double[] descriptor);
  }

  private static BuiltRotation adapters(String... more) {
    String[] all = {
      "model.rank=2",
      "model.scale=0.5",
      "model.embeddingSize=3",
      "model.hiddenSizes=[5]",
      ANGLES,
      SIX
    };
    String[] both = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, both, all.length, more.length);
    return new BuiltRotation("adapters-rotation", both);
  }

  private static double[] image(float[] images, int i) {
    return toDoubles(Arrays.copyOfRange(images, i * PIXELS, (i + 1) * PIXELS));
  }

  private static double[] row(float[] descriptors, int i) {
    return new double[] {descriptors[2 * i], descriptors[2 * i + 1]};
  }

  /** Served logits, probabilities and classes, and the slope by the descriptor. */
  private static void check(BuiltRotation net, Equation equation) {
    float[] images = net.images(4);
    Map<String, NpyArray> served = net.serve(images, FOUR);
    double[] logits = new double[4 * CLASSES];
    double[] probabilities = new double[4 * CLASSES];
    long[] classes = new long[4];
    for (int i = 0; i < 4; i++) {
      double[] own = equation.logits(net, image(images, i), row(FOUR, i));
      System.arraycopy(own, 0, logits, i * CLASSES, CLASSES);
      double sum = Arrays.stream(own).map(Math::exp).sum();
      for (int c = 0; c < CLASSES; c++) {
        probabilities[i * CLASSES + c] = Math.exp(own[c]) / sum;
        classes[i] = own[c] > own[(int) classes[i]] ? c : classes[i];
      }
    }
    assertClose("logits", floats(served, "logits"), logits, 1e-4);
    assertClose("probabilities", floats(served, "probabilities"), probabilities, 1e-5);
    assertThat(Objects.requireNonNull(served.get("class")).longs()).containsExactly(classes);

    Ops tf = net.test.tf;
    Operand<TFloat32> descriptors = tf.constant(Shape.of(4, 2), DataBuffers.of(FOUR, true, false));
    Operand<TFloat32> x = tf.constant(Shape.of(4, 28, 28, 1), DataBuffers.of(images, true, false));
    float[] weights = new float[4 * CLASSES];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) net.random.nextGaussian();
    }
    Operand<TFloat32> scores = net.network.logits(tf, net.network.weights(tf, descriptors), x);
    Operand<TFloat32> flat = tf.reshape(scores, tf.constant(new int[] {-1}));
    Operand<TFloat32> sum = Fetched.weightedSum(tf, flat, tf.constant(weights));
    float[] slopes = net.test.fetch(Gradients.byTensors(sum, List.of(descriptors)).get(0));
    double[] expected = new double[8];
    for (int k = 0; k < 8; k++) {
      double[] d = row(FOUR, k / 2);
      double step = 1e-6;
      d[k % 2] += step;
      double[] above = equation.logits(net, image(images, k / 2), d);
      d[k % 2] -= 2 * step;
      double[] below = equation.logits(net, image(images, k / 2), d);
      for (int c = 0; c < CLASSES; c++) {
        expected[k] += weights[k / 2 * CLASSES + c] * (above[c] - below[c]) / (2 * step);
      }
    }
    assertGradient("descriptor", slopes, expected, 1e-4);
  }

  private static float[] floats(Map<String, NpyArray> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name)).floats();
  }

  @Test
  void generatedNetworksFollowTheirEquation() {
    try (BuiltRotation net = new BuiltRotation("zero-shot-rotation", HEADS, ANGLES, SIX)) {
      check(net, RotatedNetworkTest::zeroShot);
    }
  }

  @Test
  void adaptedNetworksFollowTheirEquation() {
    try (BuiltRotation net = adapters()) {
      check(net, RotatedNetworkTest::adapted);
      float[] images = net.images(2);
      double[] alone = new double[2 * CLASSES];
      for (int i = 0; i < 2; i++) {
        double[] own = network(image(images, i), name -> net.parameter("base/" + name));
        System.arraycopy(own, 0, alone, i * CLASSES, CLASSES);
      }
      assertClose(
          "base",
          net.output("base", Map.of("image", BuiltRotation.array(images)), "logits"),
          alone,
          1e-4);
    }
  }

  @Test
  void kernelsThatDoNotChangeStay() {
    try (BuiltRotation net = adapters("model.kernels=[\"dense1/kernel\"]")) {
      Map<String, NpyArray> made =
          net.functions.call(
              net.test.session,
              "weights",
              Map.of("descriptor", NpyArray.of(new float[] {0.6f, 0.8f}, 2)));
      assertThat(toDoubles(floats(made, "dense0_kernel")))
          .containsExactly(net.parameter("base/dense0/kernel"));
      assertThat(toDoubles(floats(made, "dense1_kernel")))
          .isNotEqualTo(net.parameter("base/dense1/kernel"));
    }
    assertThatThrownBy(() -> adapters("model.kernels=[\"dense7/kernel\"]"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no such kernel")
        .hasMessageContaining("dense7/kernel");
    assertThatThrownBy(() -> adapters("model.rank=5"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the rank does not fit 'dense0/kernel'; expected 1 to 4");
  }

  /**
   * One image and one descriptor at a time give what the batch gives, whatever makes the weights
   * and of whatever kind the network is.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.generator={\"type\":\"plain\"}",
        "model.generator={\"type\":\"separate\"}",
        "model.generator={\"type\":\"chunked\",\"chunkSize\":500}",
        "model.generator={\"type\":\"mlp\"}",
        "model.network={\"type\":\"conv\",\"filters\":[2,3],\"kernelSize\":3,\"hidden\":[4]}"
      })
  void eachRowIsThatOfALoop(String override) {
    try (BuiltRotation net =
        new BuiltRotation("zero-shot-rotation", HEADS, ANGLES, SIX, override)) {
      checkRows(net);
      checkLoss(net, 0);
    }
  }

  @Test
  void rowsOfAdaptersAreThoseOfALoop() {
    try (BuiltRotation net =
        adapters(
            "model.network={\"type\":\"conv\",\"filters\":[2,3],\"kernelSize\":3,\"hidden\":[4]}")) {
      checkRows(net);
      checkLoss(net, 0);
    }
    try (BuiltRotation net = adapters("training.l2=0.01")) {
      checkLoss(net, 0.01);
    }
  }

  private static void checkRows(BuiltRotation net) {
    float[] images = net.images(4);
    float[] served = floats(net.serve(images, FOUR), "logits");
    for (int i = 0; i < 4; i++) {
      float[] image = Arrays.copyOfRange(images, i * PIXELS, (i + 1) * PIXELS);
      assertClose(
          "row " + i,
          Arrays.copyOfRange(served, i * CLASSES, (i + 1) * CLASSES),
          toDoubles(net.one(image, FOUR[2 * i], FOUR[2 * i + 1])),
          1e-4);
    }
  }

  /**
   * The loss of a step: the mean of -log p over two images at each of 0, 90 and 200 degrees, p from
   * the network for one descriptor; and the squares of its kernels, the mean over the angles.
   */
  private static void checkLoss(BuiltRotation net, double l2) {
    byte[] pixels = new byte[6 * PIXELS];
    net.random.nextBytes(pixels);
    int[] labels = {3, 1, 4, 1, 5, 9};
    double expected = 0;
    for (int angle = 0; angle < 3; angle++) {
      Descriptor d = Descriptor.ofDegrees(new double[] {0, 90, 200}[angle]);
      float[] images = new float[2 * PIXELS];
      for (int i = 0; i < images.length; i++) {
        images[i] = (pixels[angle * 2 * PIXELS + i] & 0xff) / 255f;
      }
      float[] logits = net.one(images, d.cosine(), d.sine());
      for (int i = 0; i < 2; i++) {
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
          sum += Math.exp(logits[i * CLASSES + c]);
        }
        expected += (Math.log(sum) - logits[i * CLASSES + labels[angle * 2 + i]]) / 6;
      }
      if (l2 > 0) {
        Map<String, NpyArray> made =
            net.functions.call(net.test.session, "weights", Map.of("descriptor", d.array()));
        for (String kernel : List.of("dense0_kernel", "dense1_kernel")) {
          for (double w : toDoubles(floats(made, kernel))) {
            expected += l2 / 2 * w * w / 3;
          }
        }
      }
    }
    try (Feeds feeds =
            new Feeds()
                .bytes(net.parts.pixels().fed(), Shape.of(3, 2, 28, 28, 1), pixels)
                .ints(net.parts.labels().fed(), Shape.of(3, 2), labels);
        Result result = feeds.into(net.test.session.runner()).fetch(net.parts.ops().loss()).run()) {
      assertThat((double) ((TFloat32) result.get(0)).getFloat())
          .isCloseTo(expected, within(1e-5 * Math.max(1, expected)));
    }
  }

  /** NaN, infinite, too long, zero: such rows have no network, the others the bits as without. */
  @Test
  void aRowWithoutAnAngleAnswersNaNAndDisturbsNoOther() {
    float nan = Float.NaN;
    float[] bad = {nan, 0, 0.6f, 0.8f, 0, nan, Float.POSITIVE_INFINITY, 0, 2, 0, 0, 0, -1, 0};
    float[] good = bad.clone();
    for (int i : new int[] {0, 2, 3, 4, 5}) {
      good[2 * i] = 1;
      good[2 * i + 1] = 0;
    }
    for (String generator : List.of(HEADS, "model.generator={\"type\":\"plain\"}")) {
      try (BuiltRotation net = new BuiltRotation("zero-shot-rotation", generator, ANGLES, SIX)) {
        float[] images = net.images(7);
        Map<String, NpyArray> answer = net.serve(images, bad);
        Map<String, NpyArray> sound = net.serve(images, good);
        long[] classes = Objects.requireNonNull(answer.get("class")).longs();
        for (int i = 0; i < 7; i++) {
          boolean has = i == 1 || i == 6;
          assertThat(classes[i] >= 0).as("row " + i).isEqualTo(has);
          for (String name : List.of("logits", "probabilities")) {
            float[] own = Arrays.copyOfRange(floats(answer, name), i * CLASSES, (i + 1) * CLASSES);
            if (has) {
              assertThat(own)
                  .containsExactly(
                      Arrays.copyOfRange(floats(sound, name), i * CLASSES, (i + 1) * CLASSES));
            } else {
              assertThat(own).containsOnly(nan);
              assertThat(classes[i]).isEqualTo(-1);
            }
          }
        }
      }
    }
  }

  @Test
  void everyImageHasADescriptor() {
    for (String generator : List.of(HEADS, "model.generator={\"type\":\"plain\"}")) {
      try (BuiltRotation net = new BuiltRotation("zero-shot-rotation", generator, ANGLES, SIX)) {
        float[] images = net.images(3);
        assertThatThrownBy(() -> net.serve(images, 1, 0)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> net.serve(images, FOUR)).isInstanceOf(RuntimeException.class);
      }
    }
  }

  /** By hand; of two that are equally near the first of the list. */
  @Test
  void separateNetworksAreChosenByTheNearestAngle() {
    Map<Double, Integer> nearest = new LinkedHashMap<>();
    nearest.put(0.0, 0);
    nearest.put(44.0, 0);
    nearest.put(45.0, 0);
    nearest.put(46.0, 1);
    nearest.put(145.0, 1);
    nearest.put(146.0, 2);
    nearest.put(279.0, 2);
    nearest.put(280.0, 0);
    nearest.put(350.0, 0);
    try (TestGraph test = new TestGraph()) {
      List<Double> angles = List.of(0.0, 90.0, 200.0);
      float[] all = Descriptor.flat(nearest.keySet().stream().map(Descriptor::ofDegrees).toList());
      Operand<TFloat32> rows =
          test.tf.constant(Shape.of(nearest.size(), 2), DataBuffers.of(all, true, false));
      float[] chosen = test.fetch(ZeroShot.nearest(test.tf, rows, angles));
      int i = 0;
      for (int expected : nearest.values()) {
        float[] hot = new float[3];
        hot[expected] = 1;
        assertThat(Arrays.copyOfRange(chosen, 3 * i, 3 * i + 3)).as("row " + i).isEqualTo(hot);
        i++;
      }
      Operand<TFloat32> one = test.tf.constant(new float[] {0, 1});
      Operand<TFloat32> hot = ZeroShot.nearest(test.tf, one, angles);
      assertThat(hot.shape()).isEqualTo(Shape.of(3));
      assertThat(test.fetch(hot)).containsExactly(0, 1, 0);
    }
  }
}
