// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A graph with a session and a store, for one test. */
public final class TestGraph implements AutoCloseable {
  public final Graph graph = new Graph();
  final Session session = new Session(graph);
  final ParameterStore store;
  public final Ops tf;

  public TestGraph() {
    this(1);
  }

  public TestGraph(long seed) {
    store = new ParameterStore(graph, seed);
    tf = store.root().tf();
  }

  public Parameter parameter(String name, long... sizes) {
    return store.root().parameter(name, Shape.of(sizes), Initializers.normal(0, 1), Role.KERNEL);
  }

  public Operand<TFloat32> sum(Operand<TFloat32> x) {
    return tf.reduceSum(tf.reshape(x, tf.constant(new int[] {-1})), tf.constant(new int[] {0}));
  }

  /** An op by its type and name, as native code knows it. */
  public GraphOperation op(String type, String name, Operand<?>... inputs) {
    OperationBuilder builder = graph.opBuilder(type, name, graph.baseScope());
    for (Operand<?> input : inputs) {
      builder.addInput(input.asOutput());
    }
    return (GraphOperation) builder.build();
  }

  public float[] fetch(Operand<TFloat32> tensor) {
    return fetch(List.of(tensor)).get(0);
  }

  public List<float[]> fetch(List<? extends Operand<TFloat32>> tensors) {
    Session.Runner runner = session.runner();
    tensors.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < tensors.size(); i++) {
        values.add(flat((TFloat32) result.get(i)));
      }
      return values;
    }
  }

  private static float[] flat(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  public int operations() {
    int[] count = {0};
    graph.operations().forEachRemaining(op -> count[0]++);
    return count[0];
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
