// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.tensorflow.Graph;
import org.tensorflow.proto.GraphDef;

/** The graphs of a specification, built for inspection: no data is read, no session is opened. */
public final class SpecGraphs {
  private SpecGraphs() {}

  /** The graph that training runs: model, loss, gradients, optimizer. */
  public static GraphDef training(ModelFamily family, ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, spec.training().seed());
      store.freeze(spec.training().freeze());
      StepInputs inputs = StepInputs.whole(store);
      TrainingOps ops = family.define(spec, store, inputs);
      TrainingGraph.define(store, inputs, ops, SpecOptimizers.optimizer(spec.training()));
      return graph.toGraphDef();
    }
  }

  /** The graph that a server runs, before the exporter adds the ops of its saver. */
  public static GraphDef inference(ModelFamily family, ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      family.buildInference(ParameterStore.forInference(graph), spec.model());
      return graph.toGraphDef();
    }
  }
}
