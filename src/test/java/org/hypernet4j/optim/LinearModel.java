// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
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

  /** What the step will add to a and b; empty unless asked for. */
  final Map<Parameter, Operand<TFloat32>> changes;

  LinearModel(BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> optimizer) {
    this(optimizer, false);
  }

  LinearModel(
      BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> optimizer,
      boolean withChanges) {
    Ops tf = store.root().tf();
    x = tf.placeholder(TFloat32.class, Placeholder.shape(a.shape()));
    y = tf.placeholder(TFloat32.class, Placeholder.shape(b.shape()));
    rate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    loss =
        tf.math.add(
            tf.reduceSum(tf.math.mul(a.value(), x), tf.constant(new int[] {0})),
            tf.reduceSum(tf.math.mul(b.value(), y), tf.constant(new int[] {0, 1})));
    ParameterOptimizer built = optimizer.apply(store, rate);
    changes = withChanges ? built.change(built.gradients(loss)) : Map.of();
    train = built.minimize(loss);
    store.initialize(session);
    ParameterValues.assign(session, store, Map.of("net/a", A, "net/b", B));
  }

  /** One step; returns what it was expected to add to a and to b, fetched in the same run. */
  List<float[]> stepWithChanges(float[] dx, float[] dy, float learningRate) {
    List<float[]> result = new ArrayList<>();
    run(dx, dy, learningRate, List.copyOf(changes.values()), true, result);
    return result;
  }

  /** The same without the step. */
  List<float[]> changes(float[] dx, float[] dy, float learningRate) {
    List<float[]> result = new ArrayList<>();
    run(dx, dy, learningRate, List.copyOf(changes.values()), false, result);
    return result;
  }

  /** One step; returns the loss and the gradient norm that were fetched in the same run. */
  float[] step(float[] dx, float[] dy, float learningRate) {
    return step(dx, dy, learningRate, List.of(loss, train.globalNorm()));
  }

  float[] step(float[] dx, float[] dy, float learningRate, List<Operand<TFloat32>> scalars) {
    List<float[]> result = new ArrayList<>();
    run(dx, dy, learningRate, scalars, true, result);
    float[] values = new float[scalars.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = result.get(i)[0];
    }
    return values;
  }

  private void run(
      float[] dx,
      float[] dy,
      float learningRate,
      List<Operand<TFloat32>> fetched,
      boolean update,
      List<float[]> values) {
    try (TFloat32 xs = TFloat32.tensorOf(a.shape(), DataBuffers.of(dx));
        TFloat32 ys = TFloat32.tensorOf(b.shape(), DataBuffers.of(dy));
        TFloat32 rates = TFloat32.scalarOf(learningRate)) {
      Session.Runner runner = session.runner().feed(x, xs).feed(y, ys).feed(rate, rates);
      if (update) {
        runner.addTarget(train);
      }
      fetched.forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < fetched.size(); i++) {
          TFloat32 tensor = (TFloat32) result.get(i);
          float[] flat = new float[(int) tensor.size()];
          tensor.asRawTensor().data().asFloats().read(flat);
          values.add(flat);
        }
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
