// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * {@code loss = sum(a x) + sum(b y)} with parameters {@code net/a [3]}, {@code net/b [2, 2]} and
 * fed x, y: the gradients are x and y themselves, so that a test chooses them.
 */
final class LinearModel implements AutoCloseable {
  static final float[] A = {0.5f, -1.25f, 2f};
  static final float[] B = {0.1f, 0.2f, -0.3f, 4f};

  final Graph graph = new Graph();
  final Session session = new Session(graph);
  final ParameterStore store = new ParameterStore(graph, 5);
  final Parameter a =
      store.root().child("net").parameter("a", Shape.of(3), Initializers.ones(), Role.KERNEL);
  final Parameter b =
      store.root().child("net").parameter("b", Shape.of(2, 2), Initializers.ones(), Role.BIAS);
  final Parameter still =
      store
          .root()
          .child("net")
          .fixedParameter("still", Shape.of(2), Initializers.ones(), Role.BIAS);
  final Placeholder<TFloat32> x;
  final Placeholder<TFloat32> y;
  final Placeholder<TFloat32> rate;
  final Operand<TFloat32> loss;
  final TrainOp train;

  LinearModel(BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> optimizer) {
    Ops tf = store.root().tf();
    x = tf.placeholder(TFloat32.class, Placeholder.shape(a.shape()));
    y = tf.placeholder(TFloat32.class, Placeholder.shape(b.shape()));
    rate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    loss =
        tf.math.add(
            tf.reduceSum(tf.math.mul(a.value(), x), tf.constant(new int[] {0})),
            tf.reduceSum(tf.math.mul(b.value(), y), tf.constant(new int[] {0, 1})));
    train = optimizer.apply(store, rate).minimize(loss);
    store.initialize(session);
    ParameterValues.assign(session, store, Map.of("net/a", A, "net/b", B));
  }

  /** One step; returns the loss and the gradient norm that were fetched in the same run. */
  float[] step(float[] dx, float[] dy, float learningRate) {
    return step(dx, dy, learningRate, List.of(loss, train.globalNorm()));
  }

  float[] step(float[] dx, float[] dy, float learningRate, List<Operand<TFloat32>> scalars) {
    try (TFloat32 xs = TFloat32.tensorOf(a.shape(), DataBuffers.of(dx));
        TFloat32 ys = TFloat32.tensorOf(b.shape(), DataBuffers.of(dy));
        TFloat32 rates = TFloat32.scalarOf(learningRate)) {
      Session.Runner runner =
          session.runner().feed(x, xs).feed(y, ys).feed(rate, rates).addTarget(train);
      scalars.forEach(runner::fetch);
      try (Result result = runner.run()) {
        float[] values = new float[scalars.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = ((TFloat32) result.get(i)).getFloat();
        }
        return values;
      }
    }
  }

  float[] value(String name) {
    return ParameterValues.read(session, store.get(name));
  }

  /** Every parameter and slot by name. */
  Map<String, float[]> state() {
    return new LinkedHashMap<>(ParameterValues.read(session, store.all()));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
