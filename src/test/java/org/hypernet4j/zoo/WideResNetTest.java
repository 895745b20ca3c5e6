// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.fixtures.PlainLayers.Images;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.WideResNetSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The smallest net of each kind, 8 x 8 pixels, against double arithmetic; derivatives against
 * finite differences of that arithmetic.
 */
class WideResNetTest {
  private static final int N = 2;
  private static final int SIDE = 8;
  private static final int[] LABELS = {3, 1};
  private static final GeneratorSpec PLAIN =
      new GeneratorSpec.Plain(new InitializerSpec.HeNormal());

  private static GeneratorSpec hyper(int size, int basic) {
    return new GeneratorSpec.TwoLayerLinear(size, size, 0.3, 0, 1, basic, basic, null);
  }

  /** The paper's table 2 in millions: 0.563, 0.097, 2.236 and 0.148. */
  @ParameterizedTest
  @CsvSource({"1, false, 562762", "1, true, 96602", "2, false, 2235530", "2, true, 147610"})
  void hasAsManyParametersAsThePaperSays(int width, boolean generated, long expected) {
    WideResNetSpec spec = new WideResNetSpec(40, width, 10, 32, generated ? hyper(64, 16) : PLAIN);
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      ImageClassifier net = SpecModels.imageClassifier(store.root(), spec);
      assertThat(ParameterStore.count(store.trainables())).isEqualTo(expected);
      assertThat(net.kernels()).hasSize(37);
      assertThat(net.generatedKernels()).hasSize(generated ? 36 : 0);
      // all kernels of all layers from one product with each matrix of the generator
      int[] products = {0};
      graph.operations().forEachRemaining(op -> products[0] += op.type().equals("MatMul") ? 1 : 0);
      assertThat(products[0]).isEqualTo(generated ? 2 : 0);
    }
  }

  /** A net in a session, with images, loss and gradients. */
  private static final class Net implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 7);
    final ImageClassifier model;
    final Operand<TFloat32> trainingLogits;
    final Operand<TFloat32> loss;
    final List<Op> updates = new ArrayList<>();
    final Operand<TFloat32> logits;

    Net(WideResNetSpec spec) {
      model = SpecModels.imageClassifier(store.root(), spec);
      Ops tf = store.root().child("training").tf();
      Operand<TFloat32> images =
          tf.constant(
              Shape.of(N, SIDE, SIDE, 3), DataBuffers.of(floats(images().values()), true, false));
      ImageClassifier.TrainingLogits scores = model.trainingLogits(tf, images);
      trainingLogits = scores.logits();
      scores.updates().forEach(next -> updates.add(next.parameter().assign(tf, next.value())));
      loss = new SparseCategoricalCrossentropy(true).call(tf, tf.constant(LABELS), trainingLogits);
      logits = model.logits(store.root().child("inference").tf(), images);
      store.initialize(session);
    }

    float[] fetch(Operand<TFloat32> operand) {
      return fetch(List.of(operand)).get(0);
    }

    /** Everything in one run: each other set of fetches would be optimised anew. */
    List<float[]> fetch(Collection<? extends Operand<TFloat32>> operands) {
      Session.Runner runner = session.runner();
      operands.forEach(runner::fetch);
      List<float[]> all = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < operands.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] values = new float[Math.toIntExact(tensor.size())];
          tensor.asRawTensor().data().asFloats().read(values);
          all.add(values);
        }
      }
      return all;
    }

    void update() {
      Session.Runner runner = session.runner();
      updates.forEach(runner::addTarget);
      try (Result nothing = runner.run()) {
        assertThat(nothing.size()).isZero();
      }
    }

    /** Every parameter and every generated kernel, as doubles. */
    Map<String, double[]> values() {
      Map<String, double[]> values = new LinkedHashMap<>();
      ParameterValues.read(session, store.model())
          .forEach((name, numbers) -> values.put(name, doubles(numbers)));
      Map<String, Operand<TFloat32>> generated = model.generatedKernels();
      if (!generated.isEmpty()) {
        Iterator<float[]> kernels = fetch(generated.values()).iterator();
        generated.keySet().forEach(name -> values.put(name, doubles(kernels.next())));
      }
      return values;
    }

    /** Gains, shifts, biases and moving statistics that are not what they begin with. */
    void disturb() {
      Map<String, float[]> values = ParameterValues.read(session, store.model());
      values.forEach(
          (name, numbers) -> {
            if (name.matches(".*(gamma|beta|bias|moving_mean|moving_variance)")) {
              StatelessRandom random = StatelessRandom.of(3).fold(name);
              for (int k = 0; k < numbers.length; k++) {
                numbers[k] += (float) (0.3 * random.uniform(k));
              }
            }
          });
      ParameterValues.assign(session, store, values);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  private static Images images() {
    StatelessRandom random = StatelessRandom.of(11);
    double[] values = new double[N * SIDE * SIDE * 3];
    for (int k = 0; k < values.length; k++) {
      values[k] = (float) random.uniform(k);
    }
    return new Images(values, N, SIDE, SIDE, 3);
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "2, 10", "1, 16"})
  void isWhatItsEquationsSay(int width, int depth) {
    WideResNetSpec spec = new WideResNetSpec(depth, width, 5, SIDE, hyper(3, 16));
    try (Net net = new Net(spec)) {
      net.disturb();
      Map<String, double[]> values = net.values();
      PlainWideResNet training = new PlainWideResNet(spec.blocks(), values, true);
      PlainWideResNet inference = new PlainWideResNet(spec.blocks(), values, false);
      assertClose(net.fetch(net.trainingLogits), training.logits(images()), 1e-4);
      assertClose(net.fetch(net.logits), inference.logits(images()), 1e-4);
      assertThat((double) net.fetch(net.loss)[0])
          .isCloseTo(training.loss(images(), LABELS), within(1e-4));

      // one step of the moving statistics, layer by layer
      training.logits(images());
      net.update();
      // parameters are made in network order
      List<String> means =
          values.keySet().stream().filter(name -> name.endsWith("moving_mean")).toList();
      assertThat(training.normalised).hasSize(6 * spec.blocks() + 2).hasSameSizeAs(means);
      Map<String, double[]> moved = net.values();
      for (int i = 0; i < means.size(); i++) {
        double[] batch = PlainLayers.means(training.normalised.get(i));
        double[] before = Objects.requireNonNull(values.get(means.get(i)));
        double[] after = Objects.requireNonNull(moved.get(means.get(i)));
        for (int c = 0; c < batch.length; c++) {
          assertThat(after[c])
              .as(means.get(i))
              .isCloseTo(0.9 * before[c] + 0.1 * batch[c], within(1e-4));
        }
      }
    }
  }

  @Test
  void itsGradientsAreThoseOfFiniteDifferences() {
    WideResNetSpec spec = new WideResNetSpec(10, 2, 5, SIDE, PLAIN);
    try (Net net = new Net(spec)) {
      net.disturb();
      Map<String, double[]> values = net.values();
      PlainWideResNet plain = new PlainWideResNet(1, values, true);
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(net.loss, net.store.trainables());
      Iterator<float[]> fetched = net.fetch(gradients.values()).iterator();
      gradients.forEach(
          (parameter, gradient) -> {
            float[] actual = fetched.next();
            double[] at = Objects.requireNonNull(values.get(parameter.name()));
            for (int index : List.of(0, at.length / 2, at.length - 1)) {
              assertThat((double) actual[index])
                  .as("%s, number %d", parameter.name(), index)
                  .isCloseTo(slope(at, index, () -> plain.loss(images(), LABELS)), within(2e-4));
            }
          });
    }
  }

  @Test
  void gradientsReachGeneratorAndEmbeddings() {
    WideResNetSpec spec = new WideResNetSpec(10, 1, 5, SIDE, hyper(3, 16));
    try (Net net = new Net(spec)) {
      net.disturb();
      List<Parameter> wanted =
          net.store.trainables().stream()
              .filter(p -> p.name().startsWith("generator/") || p.name().startsWith("embeddings/"))
              .toList();
      assertThat(wanted).hasSize(4 + 6);
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(net.loss, wanted);
      Map<String, double[]> values = net.values();
      Iterator<float[]> fetched = net.fetch(gradients.values()).iterator();
      PlainWideResNet plain = new PlainWideResNet(1, values, true);
      gradients.forEach(
          (parameter, gradient) -> {
            float[] actual = fetched.next();
            double[] at = Objects.requireNonNull(values.get(parameter.name()));
            for (int index : List.of(0, at.length / 2, at.length - 1)) {
              double expected =
                  slope(
                      at,
                      index,
                      () -> {
                        generate(values, 3);
                        return plain.loss(images(), LABELS);
                      });
              assertThat((double) actual[index])
                  .as("%s, number %d", parameter.name(), index)
                  .isCloseTo(expected, within(2e-4 * Math.max(1, Math.abs(expected))));
            }
          });
    }
  }

  /** Equation 2 of the paper in double, for every kernel of a net of depth 10 and width 1. */
  private static void generate(Map<String, double[]> values, int size) {
    double[] w = Objects.requireNonNull(values.get("generator/projection/W"));
    double[] b = Objects.requireNonNull(values.get("generator/projection/B"));
    double[] wOut = Objects.requireNonNull(values.get("generator/output/W"));
    double[] bOut = Objects.requireNonNull(values.get("generator/output/B"));
    for (int group = 0; group < 3; group++) {
      for (int conv = 1; conv <= 2; conv++) {
        String name = "conv" + (group + 2) + "/block0/conv" + conv;
        double[] z = Objects.requireNonNull(values.get("embeddings/" + name + "/z"));
        double[] kernel = Objects.requireNonNull(values.get(name + "/kernel"));
        int columns = 1 << group;
        int out = 16 * columns;
        int in = kernel.length / 9 / out;
        for (int ci = 0; ci < in; ci++) {
          for (int co = 0; co < out; co++) {
            int tile = ci / 16 * columns + co / 16;
            for (int pixel = 0; pixel < 9; pixel++) {
              double sum = bOut[pixel * 16 + co % 16];
              for (int k = 0; k < size; k++) {
                int row = ci % 16 * size + k;
                double a = b[row];
                for (int e = 0; e < size; e++) {
                  a += w[e * 16 * size + row] * z[tile * size + e];
                }
                sum += wOut[k * 144 + pixel * 16 + co % 16] * a;
              }
              kernel[(pixel * in + ci) * out + co] = sum;
            }
          }
        }
      }
    }
  }

  @Test
  void equalsThePlainNetWithTheGeneratedKernels() {
    WideResNetSpec spec = new WideResNetSpec(10, 2, 5, SIDE, hyper(3, 16));
    try (Net hyper = new Net(spec);
        Net plain = new Net((WideResNetSpec) SpecModels.baked(spec))) {
      hyper.disturb();
      for (int step = 0; step < 3; step++) {
        hyper.update();
      }
      Map<String, float[]> values = new LinkedHashMap<>();
      Map<String, double[]> all = hyper.values();
      plain
          .store
          .model()
          .forEach(p -> values.put(p.name(), floats(Objects.requireNonNull(all.get(p.name())))));
      ParameterValues.assign(plain.session, plain.store, values);
      assertThat(plain.fetch(plain.trainingLogits)).isEqualTo(hyper.fetch(hyper.trainingLogits));
      assertThat(plain.fetch(plain.logits)).isEqualTo(hyper.fetch(hyper.logits));
    }
  }

  @Test
  void refusesABasicKernelThatDoesNotDivideTheChannels() {
    assertThatThrownBy(() -> new WideResNetSpec(10, 1, 10, 32, hyper(4, 12)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("kernels.basicIn: the layers cannot be tiled")
        .hasMessageContaining("expected a divisor of 16")
        .hasMessageContaining("received 12");
    assertThatThrownBy(
            () ->
                new WideResNetSpec(
                    10, 2, 10, 32, new GeneratorSpec.TwoLayerLinear(4, 4, 0.1, 0, 1, 16, 64, null)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("kernels.basicOut")
        .hasMessageContaining("expected a divisor of 32");
  }

  private static double slope(double[] at, int index, DoubleSupplier loss) {
    double kept = at[index];
    double step = 1e-6;
    at[index] = kept + step;
    double up = loss.getAsDouble();
    at[index] = kept - step;
    double down = loss.getAsDouble();
    at[index] = kept;
    return (up - down) / (2 * step);
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int k = 0; k < actual.length; k++) {
      assertThat((double) actual[k])
          .as("number %d", k)
          .isCloseTo(expected[k], within(tolerance * Math.max(1, Math.abs(expected[k]))));
    }
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = (float) numbers[k];
    }
    return floats;
  }

  private static double[] doubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int k = 0; k < doubles.length; k++) {
      doubles[k] = numbers[k];
    }
    return doubles;
  }
}
