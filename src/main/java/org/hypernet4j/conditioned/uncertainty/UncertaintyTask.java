// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.measure.Calibration;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepGradients;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Training on the mean cross entropy of the networks of a step, with what their method adds. The
 * validation's criterion is the negative log-likelihood of all networks together.
 */
final class UncertaintyTask implements TrainingTask<ImageBatch> {
  private static final float PIXEL_SCALE = 1f / 255f;

  /** Images in the training file. */
  private static final int MNIST_IMAGES = 60_000;

  private final ExperimentSpec spec;
  private final ImageSplits data;
  private final TaskBatches batches;

  private record Parts(
      Functions functions,
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      StepInputs.Input<TInt64> step,
      TrainingOps ops) {}

  UncertaintyTask(ExperimentSpec spec, ImageSplits data) {
    this.spec = spec;
    this.data = data;
    this.batches =
        new TaskBatches(
            new TaskImages(data.train()), spec.training().batchSize(), spec.training().seed());
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(parts(spec, store, inputs, data.train().count()));
  }

  /** The ops of a step on MNIST's own training file. */
  static TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    int held = spec.data() instanceof MnistDataSpec mnist ? mnist.validation() : 0;
    return parts(spec, store, inputs, MNIST_IMAGES - held).ops();
  }

  private static Parts parts(
      ExperimentSpec spec, ParameterStore store, StepInputs inputs, int trainImages) {
    UncertaintyModel model = new UncertaintyModel(store.root(), Uncertainty.spec(spec.model()));
    Functions functions = model.functions(store.root());
    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(-1, Mnist.SIDE, Mnist.SIDE, 1), 0);
    StepInputs.Input<TInt32> labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
    StepInputs.Input<TInt64> step = inputs.key("noise_step");
    Operand<TFloat32> images =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PIXEL_SCALE));
    Networks.Training training =
        model
            .networks()
            .training(
                tf,
                UncertaintyModel.flat(tf, images),
                new Networks.Step(spec.training().seed(), step.seen(), trainImages));
    int rows = (int) training.logits().shape().get(0);
    // flat: the gradient of a softmax of three axes is wrong in TensorFlow's registry
    Operand<TFloat32> logits =
        tf.reshape(
            training.logits(), tf.constant(new long[] {-1, training.logits().shape().get(2)}));
    Operand<TInt32> wanted = tf.tile(labels.seen(), tf.constant(new int[] {rows}));
    Operand<TFloat32> loss = new SparseCategoricalCrossentropy(true).call(tf, wanted, logits);
    for (Operand<TFloat32> penalty : training.penalties()) {
      loss = tf.math.add(loss, penalty);
    }
    if (spec.training().l2() > 0) {
      loss = tf.math.add(loss, decay(tf, store, training, rows, spec.training().l2()));
    }
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("error", error(tf, logits, wanted));
    metrics.putAll(training.metrics());
    Operand<TFloat32> followed =
        training.gradientFactor() == 1
            ? loss
            : tf.math.mul(loss, tf.constant((float) training.gradientFactor()));
    return new Parts(
        functions,
        pixels,
        labels,
        step,
        new TrainingOps(loss, metrics, List.of(), StepGradients.of(followed)));
  }

  /** Weight decay of one network in the mean: parameters hold all of them, as generated rows do. */
  private static Operand<TFloat32> decay(
      Ops tf, ParameterStore store, Networks.Training training, int rows, double l2) {
    List<Operand<TFloat32>> weights = new ArrayList<>(training.generated());
    store.regularised().forEach(parameter -> weights.add(parameter.value()));
    return WeightDecay.loss(tf, weights, (float) (l2 / rows));
  }

  private static Operand<TFloat32> error(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
    return tf.math.mean(
        tf.dtypes.cast(
            tf.math.notEqual(tf.math.argMax(logits, tf.constant(1), TInt32.class), labels),
            TFloat32.class),
        tf.constant(0));
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public ImageBatch batch(long step) {
    return batches.batch(step);
  }

  @Override
  public int examples(ImageBatch batch) {
    return batch.count();
  }

  /** The task in a graph. */
  final class Built implements MemberBuilt<ImageBatch> {
    private final Parts parts;

    private Built(Parts parts) {
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
    public void feed(ImageBatch batch, long step, Feeds feeds) {
      feeds
          .bytes(
              parts.pixels().fed(),
              Shape.of(batch.count(), Mnist.SIDE, Mnist.SIDE, 1),
              batch.pixels())
          .ints(parts.labels().fed(), Shape.of(batch.count()), batch.labels())
          .longs(parts.step().fed(), Shape.scalar(), step);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      Predictor predictor =
          new Predictor(
              (key, inputs) -> functions().call(session, key, inputs),
              Uncertainty.spec(spec.model()),
              spec.training().evaluateBatchSize());
      Calibration calibration =
          Calibration.of(
              predictor.predict(data.validation()).together().mean(), data.validation().labels());
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("nll", calibration.nll());
      metrics.put("error", 1 - calibration.accuracy());
      metrics.put("ece", calibration.ece());
      return new Evaluation(step, metrics, "nll");
    }
  }
}
