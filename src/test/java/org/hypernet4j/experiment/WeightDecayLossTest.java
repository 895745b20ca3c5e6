// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.image.ImageClassificationTask;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;
import org.hypernet4j.train.StepInputs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Which weights the loss of a whole model counts. */
class WeightDecayLossTest {
  private static final double L2 = 0.5;
  private static final int BATCH = 2;

  /**
   * The difference of the loss with and without weight decay, against the sum of squares in plain
   * Java over the two kernels that the convolutions use. Generator weights are large here: counting
   * them, or the dense kernel, would be seen at once.
   */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-hyper", "mnist-plain"})
  void countsTheKernelsThatConvolutionsUseAndNothingElse(String name) {
    Map<String, float[]> values = new LinkedHashMap<>();
    double[] without = lossAndHalfSquares(name, 0, values);
    double[] with = lossAndHalfSquares(name, L2, values);

    assertThat(with[1]).isEqualTo(without[1]).isGreaterThan(1);
    assertThat(with[0] - without[0]).isCloseTo(L2 * with[1], within(1e-5 * with[0]));
    double all = values.values().stream().mapToDouble(WeightDecayLossTest::halfSquares).sum();
    assertThat(all).isGreaterThan(1.1 * with[1]);
  }

  /** {loss, half the squares of both convolution kernels}. */
  private static double[] lossAndHalfSquares(String name, double l2, Map<String, float[]> values) {
    ExperimentSpec mnist =
        SpecFiles.read(
            Path.of("graphs", name + ".json"),
            List.of("model.kernelSize=3", "model.filters=4", "training.l2=" + l2));
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Feeds feeds = new Feeds()) {
      ParameterStore store = new ParameterStore(graph, 1);
      ImageClassificationTask.Parts built =
          ImageClassificationTask.define(mnist, store, StepInputs.whole(store));
      store.initialize(session);
      for (Parameter parameter : store.model()) {
        values.computeIfAbsent(parameter.name(), key -> draw(key, parameter.size()));
      }
      ParameterValues.assign(session, store, values);
      long[] image = built.model().imageShape();
      int numbers = (int) (BATCH * image[0] * image[1] * image[2]);
      byte[] pixels = new byte[numbers];
      for (int i = 0; i < numbers; i++) {
        pixels[i] = (byte) (i % 200);
      }
      feeds
          .bytes(built.pixels().fed(), Shape.of(BATCH, image[0], image[1], image[2]), pixels)
          .ints(built.labels().fed(), Shape.of(BATCH), new int[] {3, 8});
      Operand<TFloat32> kernel2 = Objects.requireNonNull(built.model().kernels().get("conv2"));
      try (Result result =
          feeds.into(session.runner()).fetch(built.ops().loss()).fetch(kernel2).run()) {
        TFloat32 second = (TFloat32) result.get(1);
        float[] flat = new float[(int) second.size()];
        second.asRawTensor().data().asFloats().read(flat);
        float[] first = Objects.requireNonNull(values.get("conv1/kernel"));
        return new double[] {
          ((TFloat32) result.get(0)).getFloat(), halfSquares(first) + halfSquares(flat)
        };
      }
    }
  }

  private static float[] draw(String name, long size) {
    StatelessRandom random = StatelessRandom.of(2).fold(name);
    float[] values = new float[(int) size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.uniform(i) - 0.5);
    }
    return values;
  }

  private static double halfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / 2;
  }
}
