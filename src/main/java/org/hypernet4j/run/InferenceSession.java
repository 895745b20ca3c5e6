// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.function.Function;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * A model with the parameters of a checkpoint, in a graph without training.
 *
 * @param store its parameters
 * @param model the model that was built
 */
public record InferenceSession<M>(Graph graph, Session session, ParameterStore store, M model)
    implements AutoCloseable {

  /**
   * Builds a model and assigns its parameters.
   *
   * @param build builds the model with the parameters of a store
   * @throws UserError if the checkpoint is of another model
   */
  public static <M> InferenceSession<M> open(
      Checkpoint checkpoint, Function<ParameterStore, M> build) {
    Graph graph = new Graph();
    Session opened = null;
    boolean complete = false;
    try {
      ParameterStore store = ParameterStore.forInference(graph);
      M model = build.apply(store);
      Session session = new Session(graph, ShownGpus.configuration());
      opened = session;
      ParameterCheckpoint.restoreModelOnly(session, store, checkpoint);
      complete = true;
      return new InferenceSession<>(graph, session, store, model);
    } finally {
      if (!complete) {
        close(graph, opened);
      }
    }
  }

  /** Computes a tensor that depends on parameters alone; row-major. */
  public float[] fetch(Operand<TFloat32> operand) {
    try (Result result = session.runner().fetch(operand).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      float[] values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }

  @Override
  public void close() {
    close(graph, session);
  }

  private static void close(Graph graph, @Nullable Session session) {
    // The session first: a graph waits, when it is closed, until nothing uses it any more.
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
