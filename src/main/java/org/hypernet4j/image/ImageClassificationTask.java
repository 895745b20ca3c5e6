// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.ImageAugmentation;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageBatches;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.AugmentationSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.ImageClassifier;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Training an {@link ImageClassifier} on labelled images. */
public final class ImageClassificationTask implements TrainingTask<ImageBatch> {
  private final ExperimentSpec spec;
  private final ImageSplits data;
  private final ImageBatches batches;

  /** The parts that {@link #define} adds to a graph. */
  public record Parts(
      ImageClassifier model,
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      ClassifierOutputs outputs,
      TrainingOps ops) {}

  public ImageClassificationTask(ExperimentSpec spec, ImageSplits data) {
    this.spec = spec;
    this.data = data;
    AugmentationSpec augmentation = ImageDatasets.of(spec.data()).augmentation();
    this.batches =
        new ImageBatches(
            data.train(),
            spec.training().batchSize(),
            spec.training().seed(),
            new ImageAugmentation(augmentation.pad(), augmentation.flip()));
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, store, inputs));
  }

  /** Builds model, loss and placeholders of a specification; needs no data. */
  public static Parts define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    ImageClassifier model = SpecModels.imageClassifier(store.root(), spec.model());
    ClassifierOutputs outputs =
        ClassifierOutputs.build(store.root().child("inference").tf(), model);

    Ops tf = store.root().child("training").tf();
    long[] one = model.imageShape();
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(-1, one[0], one[1], one[2]), 0);
    StepInputs.Input<TInt32> labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
    Operand<TFloat32> images =
        tf.math.mul(
            tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(ImageEvaluator.PIXEL_SCALE));
    ImageClassifier.TrainingLogits scores =
        SpecOptimizers.precision(spec.training())
            .during(tf, () -> model.trainingLogits(tf, images));
    Operand<TFloat32> logits = scores.logits();
    // The framework's own loss works here because GradientRegistry supplies the gradient of the
    // fused op below it.
    Operand<TFloat32> loss =
        new SparseCategoricalCrossentropy(true).call(tf, labels.seen(), logits);
    if (spec.training().l2() > 0) {
      List<Operand<TFloat32>> weights = new ArrayList<>(model.generatedKernels().values());
      store.regularised().forEach(parameter -> weights.add(parameter.value()));
      loss = tf.math.add(loss, WeightDecay.loss(tf, weights, (float) spec.training().l2()));
    }
    // Not the framework's SparseCategoricalAccuracy: its running totals are reference variables,
    // which our checkpoints, exports and initialisation do not cover.
    Operand<TFloat32> error =
        tf.math.mean(
            tf.dtypes.cast(
                tf.math.notEqual(
                    tf.math.argMax(logits, tf.constant(1), TInt32.class), labels.seen()),
                TFloat32.class),
            tf.constant(0));
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("error", error);
    return new Parts(
        model, pixels, labels, outputs, new TrainingOps(loss, metrics, scores.updates()));
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
  final class Built implements BuiltTask<ImageBatch> {
    private final Parts parts;

    private Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    /** The inference half of the graph. */
    ClassifierOutputs outputs() {
      return parts.outputs();
    }

    @Override
    public void feed(ImageBatch batch, long step, Feeds feeds) {
      LabeledImages train = data.train();
      feeds
          .bytes(
              parts.pixels().fed(),
              Shape.of(batch.count(), train.height(), train.width(), train.channels()),
              batch.pixels())
          .ints(parts.labels().fed(), Shape.of(batch.count()), batch.labels());
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, measure(session, data.validation()), "error");
    }

    /** Loss and error on any images. */
    Map<String, Double> measure(Session session, LabeledImages images) {
      return new ImageEvaluator(outputs(), spec.training().evaluateBatchSize())
          .measure(session, images);
    }
  }

  /** The inference half of a graph that a task of this class has built. */
  static ClassifierOutputs outputs(TrainingGraph<?> graph) {
    return ((Built) graph.built()).outputs();
  }

  /** The images of this task. */
  ImageSplits data() {
    return data;
  }

  /** Some of the test images, for reference outputs. */
  static List<LabeledImages> referenceBatches(LabeledImages test, int... sizes) {
    List<LabeledImages> batches = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      int to = Math.min(test.count(), from + size);
      batches.add(test.slice(from, to));
      from = to == test.count() ? 0 : to;
    }
    return batches;
  }
}
