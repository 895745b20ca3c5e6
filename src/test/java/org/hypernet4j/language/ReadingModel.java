// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.zoo.LanguageModel;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** A small language model with random parameters, none of them zero or constant, and a probe. */
final class ReadingModel implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final ParameterStore store = new ParameterStore(graph, 5L);
  private final TextProbe probe;
  final Map<String, float[]> parameters;

  ReadingModel(CellSpec cell, int symbols, int layers) {
    LanguageModel model =
        SpecModels.languageModel(
            store.root(),
            new LanguageModelSpec(symbols, cell, layers, new KeepSpec(1, 1, 1, 1, 1)));
    probe = new TextProbe(store.root().child("probe").tf(), model);
    store.initialize(session);
    Random random = new Random(8);
    parameters = ParameterValues.read(session, store.model());
    parameters.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (0.3 * random.nextGaussian());
          }
        });
    ParameterValues.assign(session, store, parameters);
  }

  TextTrace read(int... ids) {
    return probe.read(session, "--text", ids);
  }

  /** Fills a parameter with one number. */
  void set(String name, float value) {
    float[] values = new float[Math.toIntExact(store.get(name).size())];
    Arrays.fill(values, value);
    ParameterValues.assign(session, store, Map.of(name, values));
  }

  static CellSpec.HyperLstm hyperLstm(boolean layerNorm) {
    return new CellSpec.HyperLstm(
        6, 4, 2, layerNorm, layerNorm, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
