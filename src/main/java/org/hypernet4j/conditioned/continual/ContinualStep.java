// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.ContinualModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask.TrainingOps;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** The model and its training step in a graph. */
final class ContinualStep {
  private static final float PIXEL_SCALE = 1f / 255f;

  private final ContinualModel model;
  private final Functions functions;
  private final StepInputs.Input<TUint8> pixels;
  private final StepInputs.Input<TInt32> labels;
  private final StepInputs.Input<TInt32> task;
  private final @Nullable Earlier earlier;
  private final TrainingOps ops;

  /**
   * What the regulariser is fed.
   *
   * @param tasks {@code [most]}, of which the first are meant
   * @param stepOfTask steps of the present task before this one
   */
  private record Earlier(StepInputs.Input<TInt32> tasks, StepInputs.Input<TInt32> stepOfTask) {}

  ContinualStep(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    ContinualModelSpec design = ContinualLearning.spec(spec.model());
    model = new ContinualModel(store.root(), design);
    functions = ContinualFunctions.of(store.root(), model, design);
    Ops tf = store.root().child("training").tf();
    int side = design.tasks().imageSize();
    pixels = inputs.examples("pixels", TUint8.class, Shape.of(-1, side, side, 1), 0);
    labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
    task = inputs.scalar("task", TInt32.class);
    Operand<TFloat32> images =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PIXEL_SCALE));
    Weights weights = model.weights(tf, task.seen());
    Operand<TFloat32> logits =
        SpecOptimizers.precision(spec.training())
            .during(tf, () -> model.logits(tf, weights, task.seen(), images));
    Operand<TFloat32> loss =
        new SparseCategoricalCrossentropy(true).call(tf, labels.seen(), logits);
    if (spec.training().l2() > 0) {
      List<Operand<TFloat32>> kernels = model.kernels(tf, weights);
      loss = tf.math.add(loss, WeightDecay.loss(tf, kernels, (float) spec.training().l2()));
    }
    Map<String, Operand<TFloat32>> metrics = Map.of("error", error(tf, logits));
    List<Parameter> kept =
        store.trainables().stream().filter(p -> p != model.embeddings()).toList();
    if (design.mostOldTasks() == 0 || kept.isEmpty()) {
      earlier = null;
      ops = new TrainingOps(loss, metrics, List.of());
    } else {
      earlier = earlier(inputs, design.mostOldTasks());
      OutputRegulariser regulariser = regulariser(tf, store, design, loss, kept, earlier);
      ops = new TrainingOps(loss, metrics, regulariser.updates(), regulariser);
    }
  }

  private Operand<TFloat32> error(Ops tf, Operand<TFloat32> logits) {
    Operand<TInt32> best = tf.math.argMax(logits, tf.constant(1), TInt32.class);
    return tf.math.mean(
        tf.dtypes.cast(tf.math.notEqual(best, labels.seen()), TFloat32.class), tf.constant(0));
  }

  private static Earlier earlier(StepInputs inputs, int most) {
    if (inputs.replicas() > 1) {
      throw UserError.in("training with " + inputs.replicas() + " replicas")
          .what("the regulariser of earlier tasks looks ahead, for which it needs the whole batch")
          .expected("one device")
          .received(inputs.replicas() + " devices")
          .next("train on one device, or set 'model.beta' to 0")
          .build();
    }
    return new Earlier(
        inputs.examples("earlier_tasks", TInt32.class, Shape.of(most), 0),
        inputs.scalar("step_of_task", TInt32.class));
  }

  /** In the first task one row stands for the earlier ones, with the weight 0. */
  private OutputRegulariser regulariser(
      Ops tf,
      ParameterStore store,
      ContinualModelSpec design,
      Operand<TFloat32> loss,
      List<Parameter> kept,
      Earlier fed) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> count = tf.math.minimum(task.seen(), tf.constant(design.mostOldTasks()));
    Operand<TInt32> rows = tf.math.maximum(count, one);
    Operand<TInt32> chosen =
        tf.slice(fed.tasks().seen(), tf.constant(new int[] {0}), tf.reshape(rows, tf.array(1)));
    Operand<TFloat32> weight =
        tf.math.div(
            tf.math.mul(
                tf.dtypes.cast(tf.math.minimum(count, one), TFloat32.class),
                tf.constant((float) design.beta())),
            tf.dtypes.cast(rows, TFloat32.class));
    Operand<TBool> begins = tf.math.equal(fed.stepOfTask().seen(), zero);
    Condition embeddings = model.condition(tf, chosen);
    return new OutputRegulariser(
        store, loss, model.hypernetwork(), kept, embeddings, weight, begins, design.lookAhead());
  }

  Functions functions() {
    return functions;
  }

  TrainingOps ops() {
    return ops;
  }

  void feed(ContinualBatch batch, Feeds feeds) {
    int count = batch.images().count();
    long side = pixels.fed().shape().get(1);
    feeds
        .bytes(pixels.fed(), Shape.of(count, side, side, 1), batch.images().pixels())
        .ints(labels.fed(), Shape.of(count), batch.images().labels())
        .ints(task.fed(), Shape.scalar(), batch.task());
    if (earlier != null) {
      feeds
          .ints(earlier.tasks().fed(), Shape.of(batch.earlier().length), batch.earlier())
          .ints(earlier.stepOfTask().fed(), Shape.scalar(), batch.stepOfTask());
    }
  }
}
