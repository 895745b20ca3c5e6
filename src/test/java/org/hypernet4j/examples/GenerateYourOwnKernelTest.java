// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.hyper.WeightGenerator;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The example of the README: any kernel of any model of yours, made by one generator. */
class GenerateYourOwnKernelTest {
  @Test
  void twoDenseLayersShareOneGenerator() {
    // README example begins
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 42L);
      ParameterScope root = store.root();
      Ops tf = root.tf();
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 8)));

      // One generator makes 8x8 kernels; the second layer, 8x16, is tiled from two of them.
      WeightGenerator generator =
          new TwoLayerLinearGenerator(
              root.child("generator"),
              TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(8, 8), 8));
      Map<String, Operand<TFloat32>> kernels =
          new GeneratedKernels(generator)
              .add("first", KernelShape.dense(8, 8))
              .add("second", KernelShape.dense(8, 16))
              .build(root.child("embeddings"));

      Operand<TFloat32> first = tf.reshape(kernels.get("first"), tf.constant(new int[] {8, 8}));
      Operand<TFloat32> second = tf.reshape(kernels.get("second"), tf.constant(new int[] {8, 16}));
      Operand<TFloat32> bias =
          root.child("second").value("bias", Shape.of(16), Initializers.zeros(), Role.BIAS);
      Operand<TFloat32> y = Dense.apply(tf, tf.linalg.matMul(x, first), second, bias);

      Operand<TFloat32> target = tf.tile(x, tf.constant(new int[] {1, 2})); // y should be x, twice
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.squaredDifference(y, target), tf.constant(new int[] {0, 1}));
      TrainOp train = new Adam(store, tf.constant(0.05f), GradientClip.none()).minimize(loss);
      store.initialize(session);
      float before = run(session, x, train, loss);
      for (int step = 0; step < 500; step++) {
        run(session, x, train, loss);
      }
      float after = run(session, x, train, loss);
      // README example ends
      assertThat(after).isLessThan(0.5f * before);
      assertThat(ParameterStore.count(store.model())).isEqualTo(8 * 8 * 9 + 8 * 9 + 3 * 8 + 16);
    }
  }

  private static float run(
      Session session, Placeholder<TFloat32> x, TrainOp train, Operand<TFloat32> loss) {
    float[] eye = new float[64];
    for (int i = 0; i < 8; i++) {
      eye[9 * i] = 1f;
    }
    try (Feeds feeds = new Feeds().floats(x, Shape.of(8, 8), eye);
        Result result = feeds.into(session.runner()).addTarget(train.update()).fetch(loss).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
