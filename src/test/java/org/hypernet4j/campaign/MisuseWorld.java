// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.optim.GradientClip;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** A graph with a session and a store, a second one beside it, and a few tensors. */
final class MisuseWorld {
  final Graph graph = new Graph();
  final Graph otherGraph = new Graph();
  final ParameterStore store = new ParameterStore(graph, 1);
  final ParameterStore other = new ParameterStore(otherGraph, 1);
  final Session session = new Session(graph);
  final Ops tf = store.root().tf();
  final Parameter w = store.root().parameter("w", Shape.of(3, 2), Initializers.ones(), Role.KERNEL);
  final Parameter foreign =
      other.root().parameter("w", Shape.of(3, 2), Initializers.ones(), Role.KERNEL);
  final Operand<TFloat32> rate = tf.constant(0.1f);
  final GradientClip none = GradientClip.none();

  Operand<TFloat32> loss() {
    return sum(tf.math.square(w.value()));
  }

  Operand<TFloat32> foreignLoss() {
    Ops ops = other.root().tf();
    return ops.reduceSum(ops.math.square(foreign.value()), ops.constant(new int[] {0, 1}));
  }

  Operand<TFloat32> sum(Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(0));
  }

  Placeholder<TFloat32> input(long... shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
  }

  Operand<TFloat32> zeros(long... shape) {
    return tf.zeros(tf.constant(shape), TFloat32.class);
  }

  LstmCell lstm() {
    return new LstmCell(store.root().child("lstm"), LstmCell.Settings.of(3, 4));
  }

  LstmState state(LstmCell cell, int batch) {
    return cell.zeroState(tf, tf.constant(batch));
  }

  TwoLayerLinearGenerator generator() {
    return new TwoLayerLinearGenerator(
        store.root().child("g"),
        TwoLayerLinearGenerator.Settings.paper(KernelShape.dense(2, 2), 4));
  }

  void run(Operand<?> fetched, Feeds feeds) {
    store.initialize(session);
    try (feeds;
        Result result = feeds.into(session.runner()).fetch(fetched).run()) {
      result.forEach(entry -> {});
    }
  }

  void close() {
    session.close();
    graph.close();
  }
}
