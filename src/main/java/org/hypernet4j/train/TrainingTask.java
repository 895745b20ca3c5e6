// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SameGraph;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A model and its data as the trainer sees them.
 *
 * @param <B> one batch on the Java side
 */
public interface TrainingTask<B> {
  /**
   * Builds the model, its loss and its placeholders in a graph.
   *
   * @param store creates the parameters and holds the graph
   * @param inputs builds the placeholders of the training step
   * @return the task as built in that graph, which feeds and evaluates it
   */
  BuiltTask<B> build(ParameterStore store, StepInputs inputs);

  /** Steps in one pass over the training data. */
  long stepsPerEpoch();

  /**
   * The batch of a step. It is a function of the step alone, so that a resumed run sees the batches
   * of an uninterrupted one; called on a background thread.
   */
  B batch(long step);

  /**
   * Identifies the content of the batches: data, batch size, order. {@link Checkpoints} continues
   * only from a checkpoint with an equal fingerprint.
   */
  default String fingerprint() {
    return "";
  }

  /** Number of examples in a batch. */
  int examples(B batch);

  /**
   * The ops that a task adds to a graph, computed from the tensors seen through {@link StepInputs}.
   *
   * @param loss the scalar to minimise, a mean over the examples, weight decay included; of several
   *     losses the one that steps report
   * @param metrics scalars of a training batch, means over the examples, by name, for progress
   *     lines and logs
   * @param updates next values of parameters that the optimizer does not change: moving averages,
   *     and the share's rows of {@link StepInputs#rows}
   * @param gradients how the gradients of the step are computed; by default that of the loss
   */
  record TrainingOps(
      Operand<TFloat32> loss,
      Map<String, Operand<TFloat32>> metrics,
      List<NextValue> updates,
      StepGradients gradients) {
    /** Names of the numbers that every step reports, which metrics cannot have. */
    private static final Set<String> TAKEN =
        Set.of("kind", "step", "loss", "gradientNorm", "learningRate", "stepMillis");

    /** The ops of a step that follows the gradient of its loss. */
    public TrainingOps(
        Operand<TFloat32> loss, Map<String, Operand<TFloat32>> metrics, List<NextValue> updates) {
      this(loss, metrics, updates, StepGradients.of(loss));
    }

    /** Checks names and shapes of the metrics. */
    public TrainingOps {
      metrics.forEach(
          (name, metric) -> {
            String where = "metric '" + name + "' of a training step";
            if (TAKEN.contains(name)) {
              throw UserError.in(where)
                  .what("every step reports a number of this name itself")
                  .expected("none of " + String.join(", ", new TreeSet<>(TAKEN)))
                  .received(name)
                  .build();
            }
            SameGraph.require(where, loss.op().env(), "it", metric);
            Shapes.require(where, "it", metric);
          });
    }
  }
}
