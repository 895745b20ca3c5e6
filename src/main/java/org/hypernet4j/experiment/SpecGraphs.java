package org.hypernet4j.experiment;

import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.hypernet4j.zoo.SpecModels;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;

/** The graphs of a specification, built to be looked at: no data is read, no session is opened. */
public final class SpecGraphs {
  private SpecGraphs() {}

  /** The graph that training runs: model, loss, gradients, optimizer. */
  public static GraphDef training(ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, spec.training().seed());
      StepInputs inputs = StepInputs.whole(store);
      TrainingOps ops =
          spec.model() instanceof LanguageModelSpec
              ? LanguageModelTask.define(spec, store, inputs).ops()
              : ImageClassificationTask.define(spec, store, inputs).ops();
      TrainingGraph.define(store, inputs, ops, SpecOptimizers.optimizer(spec.training()));
      return graph.toGraphDef();
    }
  }

  /** The graph that a server runs, before the exporter adds the ops of its saver. */
  public static GraphDef inference(ExperimentSpec spec) {
    try (Graph graph = new Graph()) {
      ParameterStore store = ParameterStore.forInference(graph);
      Ops tf = store.root().child("inference").tf();
      if (spec.model() instanceof LanguageModelSpec language) {
        LanguageOutputs.build(tf, SpecModels.languageModel(store.root(), language));
      } else {
        ClassifierOutputs.build(tf, SpecModels.imageClassifier(store.root(), spec.model()));
      }
      return graph.toGraphDef();
    }
  }
}
