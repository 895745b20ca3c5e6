// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.PlainLayers;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Against double arithmetic; derivatives against finite differences of that arithmetic. */
class BatchNormTest {
  private static final int N = 3;
  private static final int SIDE = 4;
  private static final int CHANNELS = 5;
  private static final Shape SHAPE = Shape.of(N, SIDE, SIDE, CHANNELS);

  // means far from 0 and spreads of several sizes: a formula that loses digits would show
  private final double[] x = numbers("x", N * SIDE * SIDE * CHANNELS, k -> 1 + k % CHANNELS, 2);
  private final double[] weights = numbers("weights", x.length, k -> 0.0, 1);
  private final double[] gamma = numbers("gamma", CHANNELS, k -> 1.0, 0.5);
  private final double[] beta = numbers("beta", CHANNELS, k -> 0.0, 1);
  private final double[] mean = numbers("mean", CHANNELS, k -> k, 1);
  private final double[] variance = numbers("variance", CHANNELS, k -> 2.0, 1);

  private static double[] numbers(
      String name, int count, ToDoubleFunction<Integer> centre, double spread) {
    StatelessRandom random = StatelessRandom.of(5).fold(name);
    double[] numbers = new double[count];
    for (int k = 0; k < count; k++) {
      // what float32 can hold, so that both sides start from the same numbers
      numbers[k] = (float) (centre.applyAsDouble(k) + spread * (2 * random.uniform(k) - 1));
    }
    return numbers;
  }

  private PlainLayers.Images plain(boolean training, double[] x, double[] gamma, double[] beta) {
    PlainLayers.Images in = new PlainLayers.Images(x, N, SIDE, SIDE, CHANNELS);
    return training
        ? PlainLayers.batchNorm(in, gamma, beta)
        : PlainLayers.normalise(in, gamma, beta, mean, variance);
  }

  private double loss(boolean training, double[] x, double[] gamma, double[] beta) {
    double[] y = plain(training, x, gamma, beta).values();
    double loss = 0;
    for (int k = 0; k < y.length; k++) {
      loss += weights[k] * y[k];
    }
    return loss;
  }

  /** A layer with the values above in a session. */
  private final class Layer implements AutoCloseable {
    final Graph graph = new Graph();
    final Session session = new Session(graph);
    final ParameterStore store = new ParameterStore(graph, 1);
    final BatchNorm layer = new BatchNorm(store.root().child("bn"), CHANNELS);
    final Ops tf = store.root().tf();
    final Operand<TFloat32> in = constant(x);

    Layer() {
      store.initialize(session);
      Map<String, float[]> values = new LinkedHashMap<>();
      values.put("bn/gamma", floats(gamma));
      values.put("bn/beta", floats(beta));
      values.put("bn/moving_mean", floats(mean));
      values.put("bn/moving_variance", floats(variance));
      ParameterValues.assign(session, store, values);
    }

    Operand<TFloat32> constant(double[] numbers) {
      return tf.constant(SHAPE, DataBuffers.of(floats(numbers), true, false));
    }

    List<float[]> run(List<? extends Op> targets, List<? extends Operand<TFloat32>> fetches) {
      Session.Runner runner = session.runner();
      targets.forEach(runner::addTarget);
      fetches.forEach(runner::fetch);
      List<float[]> values = new ArrayList<>();
      try (Result result = runner.run()) {
        for (int i = 0; i < fetches.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] flat = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(flat);
          values.add(flat);
        }
      }
      return values;
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void normalisesAndDifferentiates(boolean training) {
    try (Layer l = new Layer()) {
      Operand<TFloat32> y =
          training
              ? l.layer.training(l.tf, l.in, new ArrayList<NextValue>())
              : l.layer.inference(l.tf, l.in);
      Operand<TFloat32> loss =
          l.tf.reduceSum(
              l.tf.math.mul(y, l.constant(weights)), l.tf.constant(new int[] {0, 1, 2, 3}));
      List<Operand<TFloat32>> by = new ArrayList<>(List.of(l.in));
      l.store.trainables().forEach(p -> by.add(p.value()));
      List<Operand<TFloat32>> fetches = new ArrayList<>(List.of(y));
      fetches.addAll(Gradients.byTensors(loss, by));
      List<float[]> values = l.run(List.of(), fetches);

      assertClose(values.get(0), plain(training, x, gamma, beta).values(), 1e-5);
      assertClose(values.get(1), differences(x, v -> loss(training, v, gamma, beta)), 1e-5);
      assertClose(values.get(2), differences(gamma, v -> loss(training, x, v, beta)), 1e-4);
      assertClose(values.get(3), differences(beta, v -> loss(training, x, gamma, v)), 1e-4);
    }
  }

  @Test
  void movesTheStatisticsATenthOfTheWay() {
    try (Layer l = new Layer()) {
      List<NextValue> next = new ArrayList<>();
      Operand<TFloat32> y = l.layer.training(l.tf, l.in, next);
      List<Op> updates =
          next.stream().map(one -> one.parameter().assign(l.tf, one.value())).toList();
      Operand<TFloat32> inference = l.layer.inference(l.tf, l.in);
      // the inference op beside them in the same run sees the statistics of before or after, never
      // half of them; so it is fetched on its own
      l.run(updates, List.of(y));
      PlainLayers.Images in = new PlainLayers.Images(x, N, SIDE, SIDE, CHANNELS);
      double pixels = N * SIDE * SIDE;
      double[] wantedMean = new double[CHANNELS];
      double[] wantedVariance = new double[CHANNELS];
      for (int c = 0; c < CHANNELS; c++) {
        wantedMean[c] = 0.9 * mean[c] + 0.1 * PlainLayers.means(in)[c];
        wantedVariance[c] =
            0.9 * variance[c] + 0.1 * PlainLayers.variances(in)[c] * pixels / (pixels - 1);
      }
      List<float[]> moved =
          l.run(
              List.of(),
              List.of(
                  l.store.get("bn/moving_mean").value(),
                  l.store.get("bn/moving_variance").value(),
                  inference));
      assertClose(moved.get(0), wantedMean, 1e-6);
      assertClose(moved.get(1), wantedVariance, 1e-6);
      assertClose(
          moved.get(2),
          PlainLayers.normalise(in, gamma, beta, wantedMean, wantedVariance).values(),
          1e-5);
      // the same statistics again, from the same batch: nothing is added up in between
      l.run(updates, List.of(y));
      assertClose(
          l.run(List.of(), List.of(l.store.get("bn/moving_mean").value())).get(0),
          new double[] {
            0.9 * wantedMean[0] + 0.1 * PlainLayers.means(in)[0],
            0.9 * wantedMean[1] + 0.1 * PlainLayers.means(in)[1],
            0.9 * wantedMean[2] + 0.1 * PlainLayers.means(in)[2],
            0.9 * wantedMean[3] + 0.1 * PlainLayers.means(in)[3],
            0.9 * wantedMean[4] + 0.1 * PlainLayers.means(in)[4]
          },
          1e-6);
    }
  }

  @Test
  void movingStatisticsBelongToTheModelAndAreNotTrained() {
    try (Layer l = new Layer()) {
      assertThat(l.store.trainables()).extracting("name").containsExactly("bn/gamma", "bn/beta");
      assertThat(l.store.model()).hasSize(4);
      assertThat(l.store.regularised()).isEmpty();
    }
  }

  @Test
  void refusesAnotherNumberOfChannels() {
    try (Layer l = new Layer()) {
      Operand<TFloat32> three = l.tf.zeros(l.tf.constant(new int[] {1, 2, 2, 3}), TFloat32.class);
      assertThatThrownBy(() -> l.layer.inference(l.tf, three))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("batch normalisation")
          .hasMessageContaining("5");
    }
  }

  private static double[] differences(double[] at, ToDoubleFunction<double[]> loss) {
    double[] slopes = new double[at.length];
    double step = 1e-5;
    for (int k = 0; k < at.length; k++) {
      double[] moved = at.clone();
      moved[k] = at[k] + step;
      double up = loss.applyAsDouble(moved);
      moved[k] = at[k] - step;
      slopes[k] = (up - loss.applyAsDouble(moved)) / (2 * step);
    }
    return slopes;
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = (float) numbers[k];
    }
    return floats;
  }

  private static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int k = 0; k < actual.length; k++) {
      assertThat((double) actual[k])
          .as("number %d", k)
          .isCloseTo(expected[k], within(tolerance * Math.max(1, Math.abs(expected[k]))));
    }
  }
}
