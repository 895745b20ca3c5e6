// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

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
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SineImagesSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Training on the squared error of all pixels, with small penalties on codes and on generated
 * weights:
 *
 * <pre>
 * loss = mean (value - pixel)^2 + codeDecay mean z^2 + weightDecay mean w^2
 * </pre>
 */
final class SineImagesTask implements TrainingTask<ImageBatch> {
  private static final float PIXEL_SCALE = 1f / 255f;

  private final ExperimentSpec spec;
  private final ImageSplits data;
  private final TaskBatches batches;

  private record Parts(Functions functions, StepInputs.Input<TUint8> pixels, TrainingOps ops) {}

  SineImagesTask(ExperimentSpec spec, ImageSplits data) {
    this.spec = spec;
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
    SineImagesSpec design = SineImages.spec(spec.model());
    SineImagesModel model = new SineImagesModel(store.root(), design, Mnist.SIDE);
    Functions functions = model.functions(store.root());
    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(-1, Mnist.SIDE, Mnist.SIDE, 1), 0);
    Operand<TFloat32> images =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PIXEL_SCALE));
    Operand<TFloat32> codes = model.encode(tf, images);
    Weights weights = model.weights(tf, codes);
    Operand<TFloat32> values = model.values(tf, weights, model.pixels(tf, codes));
    long size = (long) Mnist.SIDE * Mnist.SIDE;
    Operand<TFloat32> targets = tf.reshape(images, tf.constant(new long[] {-1, size}));
    Operand<TFloat32> mse = mean(tf, tf.math.squaredDifference(values, targets));
    Operand<TFloat32> loss = mse;
    if (design.codeDecay() > 0) {
      loss = tf.math.add(loss, penalty(tf, design.codeDecay(), codes));
    }
    if (design.weightDecay() > 0) {
      List<Operand<TFloat32>> rows = new ArrayList<>();
      model
          .sines()
          .weights()
          .shapes()
          .forEach(
              (name, weight) ->
                  rows.add(
                      tf.reshape(
                          weights.get(tf, name), tf.constant(new long[] {-1, weight.size()}))));
      loss = tf.math.add(loss, penalty(tf, design.weightDecay(), tf.concat(rows, tf.constant(1))));
    }
    return new Parts(functions, pixels, new TrainingOps(loss, Map.of("mse", mse), List.of()));
  }

  private static Operand<TFloat32> penalty(Ops tf, double factor, Operand<TFloat32> x) {
    return tf.math.mul(mean(tf, tf.math.square(x)), tf.constant((float) factor));
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(new int[] {0, 1}));
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
  private final class Built implements MemberBuilt<ImageBatch> {
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
    public void feed(ImageBatch batch, long step, Feeds feeds) {
      feeds.bytes(
          parts.pixels().fed(), Shape.of(batch.count(), Mnist.SIDE, Mnist.SIDE, 1), batch.pixels());
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      SineImagesEvaluator evaluator =
          new SineImagesEvaluator(
              (key, inputs) -> functions().call(session, key, inputs),
              spec.training().evaluateBatchSize());
      double mse = evaluator.meanSquaredError(data.validation());
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("mse", mse);
      metrics.put("psnr", SineImagesEvaluator.psnr(mse));
      return new Evaluation(step, metrics, "mse");
    }
  }
}
