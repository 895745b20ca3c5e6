// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.PruningSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Training on the cross entropy of one net in each step, whose widths are drawn evenly. */
final class PruningTask implements TrainingTask<WidthsBatch> {
  static final float PIXEL_SCALE = 1f / 255f;

  private final ExperimentSpec spec;
  private final PruningSpec design;
  private final ImageSplits data;
  private final TaskBatches batches;

  private record Parts(
      Functions functions,
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      StepInputs.Input<TInt32> first,
      StepInputs.Input<TInt32> second,
      TrainingOps ops) {}

  PruningTask(ExperimentSpec spec, ImageSplits data) {
    this.spec = spec;
    this.design = Pruning.spec(spec.model());
    this.data = data;
    this.batches =
        new TaskBatches(
            new TaskImages(data.train()), spec.training().batchSize(), spec.training().seed());
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(parts(spec, store, inputs));
  }

  static TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return parts(spec, store, inputs).ops();
  }

  private static Parts parts(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    PruningModel model = new PruningModel(store.root(), Pruning.spec(spec.model()));
    Functions functions = model.functions(store.root());
    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(-1, Mnist.SIDE, Mnist.SIDE, 1), 0);
    StepInputs.Input<TInt32> labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
    StepInputs.Input<TInt32> first = inputs.scalar("first_width", TInt32.class);
    StepInputs.Input<TInt32> second = inputs.scalar("second_width", TInt32.class);
    Operand<TFloat32> images =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PIXEL_SCALE));
    Operand<TInt32> widths = tf.stack(List.of(first.seen(), second.seen()));
    Weights weights = model.weights(tf, widths);
    Operand<TFloat32> logits =
        SpecOptimizers.precision(spec.training())
            .during(tf, () -> model.logits(tf, weights, images));
    Operand<TFloat32> loss =
        new SparseCategoricalCrossentropy(true).call(tf, labels.seen(), logits);
    if (spec.training().l2() > 0) {
      loss =
          tf.math.add(
              loss, WeightDecay.loss(tf, kernels(tf, weights), (float) spec.training().l2()));
    }
    Operand<TFloat32> error = error(tf, logits, labels.seen());
    TrainingOps ops = new TrainingOps(loss, Map.of("error", error), List.of());
    return new Parts(functions, pixels, labels, first, second, ops);
  }

  /** Share of wrong classes. */
  static Operand<TFloat32> error(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
    return tf.math.mean(
        tf.dtypes.cast(
            tf.math.notEqual(tf.math.argMax(logits, tf.constant(1), TInt32.class), labels),
            TFloat32.class),
        tf.constant(0));
  }

  private static List<Operand<TFloat32>> kernels(Ops tf, Weights weights) {
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    weights.tensors(tf).values().stream()
        .filter(weight -> weight.shape().numDimensions() > 1)
        .forEach(kernels::add);
    return kernels;
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public WidthsBatch batch(long step) {
    return new WidthsBatch(
        batches.batch(step), Widths.ofStep(design.filters(), spec.training().seed(), step));
  }

  @Override
  public int examples(WidthsBatch batch) {
    return batch.images().count();
  }

  /** The task in a graph. */
  private final class Built implements MemberBuilt<WidthsBatch> {
    private final Parts parts;

    Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    @Override
    public Functions functions() {
      return parts.functions();
    }

    @Override
    public void feed(WidthsBatch batch, long step, Feeds feeds) {
      int count = batch.images().count();
      feeds
          .bytes(
              parts.pixels().fed(),
              Shape.of(count, Mnist.SIDE, Mnist.SIDE, 1),
              batch.images().pixels())
          .ints(parts.labels().fed(), Shape.of(count), batch.images().labels())
          .ints(parts.first().fed(), Shape.scalar(), batch.widths().first())
          .ints(parts.second().fed(), Shape.scalar(), batch.widths().second());
    }

    /** The mean over the compared widths, on the validation images. */
    @Override
    public Evaluation evaluate(Session session, long step) {
      List<LabelScores> scores =
          new PruningEvaluator(
                  (key, inputs) -> functions().call(session, key, inputs),
                  spec.training().evaluateBatchSize())
              .scores(Pruning.compared(design), data.validation());
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", scores.stream().mapToDouble(LabelScores::loss).average().orElseThrow());
      metrics.put("error", scores.stream().mapToDouble(LabelScores::error).average().orElseThrow());
      return new Evaluation(step, metrics, "error");
    }
  }
}
