// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.DenseClassifierSpec;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The dense net against its formula in double, with the kernel that the graph reports. */
class DenseClassifierTest {
  private static final int SIDE = 4;
  private static final int HIDDEN = 9;
  private static final int CLASSES = 3;
  private static final int BATCH = 2;

  private static DenseClassifierSpec spec(GeneratorSpec kernel1) {
    return new DenseClassifierSpec(HIDDEN, CLASSES, SIDE, kernel1);
  }

  @Test
  void plainIsTwoProductsWithAReluBetween() {
    check(spec(new GeneratorSpec.Plain(new InitializerSpec.GlorotUniform())), "hidden/kernel");
  }

  @Test
  void generatedKernelsTakeThePlaceOfThePlainOne() {
    GeneratorSpec generator = new GeneratorSpec.TwoLayerLinear(3, 5, 0.5, 0, 1, 8, 3, null);
    check(spec(generator), "");
    assertThat(SpecModels.baked(spec(generator)))
        .isEqualTo(spec(new GeneratorSpec.Plain(new InitializerSpec.GlorotUniform())));
  }

  private static void check(DenseClassifierSpec spec, String parameter) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 5L);
      ImageClassifier model = SpecModels.imageClassifier(store.root(), spec);
      Ops tf = store.root().child("inference").tf();
      Placeholder<TFloat32> image =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIDE, SIDE, 1)));
      Operand<TFloat32> logits = model.logits(tf, image);
      store.initialize(session);
      Map<String, float[]> values = ParameterValues.read(session, store.model());
      float[] pixels = new float[BATCH * SIDE * SIDE];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) StatelessRandom.of(3).uniform(i);
      }
      try (Feeds feeds = new Feeds().floats(image, Shape.of(BATCH, SIDE, SIDE, 1), pixels);
          Result result =
              feeds
                  .into(session.runner())
                  .fetch(logits)
                  .fetch(model.kernels().get("hidden"))
                  .run()) {
        TFloat32 picture = (TFloat32) result.get(1);
        // the nine hidden units stand in a square of 3 x 3, each as an image of its weights
        assertThat(picture.shape()).isEqualTo(Shape.of(SIDE, SIDE, 3, 3));
        float[] kernel = new float[SIDE * SIDE * HIDDEN];
        picture.asRawTensor().data().asFloats().read(kernel);
        if (!parameter.isEmpty()) {
          assertThat(kernel).containsExactly(values.get(parameter));
        }
        float[] actual = new float[BATCH * CLASSES];
        ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(actual);
        double[] expected =
            logits(
                pixels,
                kernel,
                Objects.requireNonNull(values.get("dense/kernel")),
                Objects.requireNonNull(values.get("dense/bias")));
        for (int i = 0; i < actual.length; i++) {
          assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5));
        }
      }
    }
  }

  /** {@code relu(x W1) W2 + b2}; the first bias is zero at the start. */
  private static double[] logits(float[] x, float[] w1, float[] w2, float[] b2) {
    double[] y = new double[BATCH * CLASSES];
    int inputs = SIDE * SIDE;
    for (int n = 0; n < BATCH; n++) {
      for (int c = 0; c < CLASSES; c++) {
        y[n * CLASSES + c] = b2[c];
      }
      for (int h = 0; h < HIDDEN; h++) {
        double sum = 0;
        for (int i = 0; i < inputs; i++) {
          sum += (double) x[n * inputs + i] * w1[i * HIDDEN + h];
        }
        for (int c = 0; c < CLASSES; c++) {
          y[n * CLASSES + c] += Math.max(0, sum) * w2[h * CLASSES + c];
        }
      }
    }
    return y;
  }
}
