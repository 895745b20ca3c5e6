package org.hypernet4j.experiment;

import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.zoo.ImageClassifier;
import org.tensorflow.Graph;
import org.tensorflow.proto.GraphDef;

/** The graphs of a specification, built to be looked at: no data is read, no session is opened. */
public final class SpecGraphs {
  private SpecGraphs() {}

  /** The graph that training runs: model, loss, gradients, optimizer. */
  public static GraphDef training(ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, spec.training().seed());
      TrainingGraph.define(
          store,
          ImageClassificationTask.define(spec, store).ops(),
          SpecOptimizers.optimizer(spec.training()));
      return graph.toGraphDef();
    }
  }

  /** The graph that a server runs, before the exporter adds the ops of its saver. */
  public static GraphDef inference(ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      ImageClassifier model = ImageClassifier.create(store.root(), spec.model());
      ClassifierOutputs.build(store.root().child("inference").tf(), model);
      return graph.toGraphDef();
    }
  }
}
