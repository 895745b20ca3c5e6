// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A model in a graph with a session; parameters get their initial values, shaken a little. */
final class BuiltLanguageModel implements AutoCloseable {
  static final int V = 5;
  static final KeepSpec ALL = new KeepSpec(1, 1, 1, 1, 1);
  static final int[][] IDS = {{0, 3}, {4, 1}, {2, 2}, {1, 0}}; // [T 4, B 2]
  static final int[][] TARGETS = {{4, 1}, {2, 2}, {1, 0}, {3, 3}};

  final Graph graph = new Graph();
  final Session session = new Session(graph);
  final ParameterStore store = new ParameterStore(graph, 11L);
  final Ops tf = store.root().child("test").tf();
  final LanguageModel model;

  BuiltLanguageModel(CellSpec cell, int layers, KeepSpec keep) {
    model = SpecModels.languageModel(store.root(), new LanguageModelSpec(V, cell, layers, keep));
    store.initialize(session);
    // zeros and constants would hide terms
    Random random = new Random(3);
    Map<String, float[]> values = ParameterValues.read(session, store.model());
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.3 * random.nextGaussian());
          }
        });
    ParameterValues.assign(session, store, values);
  }

  List<Operand<TFloat32>> zero(int batch) {
    return model.zeroState(tf, tf.constant(batch));
  }

  LanguageModel.Scores read(int[][] ids) {
    return model.logits(tf, tf.constant(ids), zero(ids[0].length), null, null);
  }

  /** A tensor of ids whose sizes are not known when the graph is built. */
  Operand<TInt32> dynamic(int[][] ids) {
    return tf.placeholderWithDefault(tf.constant(ids), Shape.of(-1, -1));
  }

  LanguageModel.Scores train(long seed, long step) {
    return model.logits(
        tf, tf.constant(IDS), zero(2), null, new TrainingStep(seed, tf.constant(step)));
  }

  float[] fetch(Operand<TFloat32> operand) {
    return fetchAll(List.of(operand)).get(0);
  }

  List<float[]> fetchAll(List<Operand<TFloat32>> operands) {
    Session.Runner runner = session.runner();
    operands.forEach(runner::fetch);
    try (Result result = runner.run()) {
      List<float[]> values = new ArrayList<>();
      for (int i = 0; i < operands.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] flat = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(flat);
        values.add(flat);
      }
      return values;
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  static CellSpec.Lstm lstm(int units) {
    return new CellSpec.Lstm(units, false, 0.001, true, 1, CellSpec.Initializer.REFERENCE);
  }

  static CellSpec.HyperLstm hyperLstm() {
    return new CellSpec.HyperLstm(
        6, 4, 2, true, true, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL);
  }
}
