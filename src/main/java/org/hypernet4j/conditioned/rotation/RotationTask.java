// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.RotatedImages;
import org.hypernet4j.spec.RotationsSpec;
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
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Training networks for turned images: every step has equally many images of each angle of the
 * training, and computes the weights of each angle once.
 */
final class RotationTask implements TrainingTask<RotationBatch> {
  private final ExperimentSpec spec;
  private final RotationMember member;
  private final Rotations data;
  private final List<TaskBatches> batches = new ArrayList<>();
  private final int imagesPerAngle;

  /** What is in the graph of a training. */
  record Parts(
      RotatedNetwork network,
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      Functions functions,
      TrainingOps ops) {}

  RotationTask(ExperimentSpec spec, RotationMember member, Rotations data) {
    this.spec = spec;
    this.member = member;
    this.data = data;
    imagesPerAngle = data.spec().imagesPerAngle(spec.training().batchSize());
    StatelessRandom orders = StatelessRandom.of(spec.training().seed()).fold("rotations");
    for (int angle = 0; angle < data.seen().size(); angle++) {
      batches.add(
          new TaskBatches(
              data.seen().get(angle).train(), imagesPerAngle, orders.fold(angle).key()));
    }
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, member, data.base(), store, inputs));
  }

  /**
   * Builds the step of a specification; needs no data.
   *
   * @param base the weights of a trained network with which the model begins, by name; empty for
   *     zeros
   */
  static Parts define(
      ExperimentSpec spec,
      RotationMember member,
      Map<String, float[]> base,
      ParameterStore store,
      StepInputs inputs) {
    RotationMember.Built built = member.network(store, spec.model(), base);
    Functions functions = built.functions(store);
    RotatedNetwork net = built.network();
    RotationsSpec angles = member.rotations(spec.model());
    Ops tf = store.root().child("training").tf();
    long rows = angles.seen().size();
    long images = angles.imagesPerAngle(spec.training().batchSize());
    int size = RotatedImages.SIZE;
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(rows, images, size, size, 1), 1);
    StepInputs.Input<TInt32> labels =
        inputs.examples("labels", TInt32.class, Shape.of(rows, images), 1);
    Operand<TFloat32> descriptors =
        tf.reshape(
            tf.constant(
                Descriptor.flat(angles.seen().stream().map(Descriptor::ofDegrees).toList())),
            tf.constant(new long[] {rows, Descriptor.SIZE}));
    Operand<TFloat32> seen =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(1f / 255f));
    Weights weights = net.weights(tf, descriptors);
    Operand<TInt64> flat = tf.constant(new long[] {-1});
    Operand<TFloat32> logits =
        tf.reshape(
            SpecOptimizers.precision(spec.training())
                .during(tf, () -> net.rows().apply(tf, weights, seen)),
            tf.constant(new long[] {-1, RotatedImages.CLASSES}));
    Operand<TInt32> wanted = tf.reshape(labels.seen(), flat);
    Operand<TFloat32> loss = new SparseCategoricalCrossentropy(true).call(tf, wanted, logits);
    if (spec.training().l2() > 0) {
      Operand<TFloat32> squares = net.rows().halfSquares(tf, weights);
      Operand<TFloat32> mean = tf.math.mean(tf.reshape(squares, flat), tf.constant(0));
      loss = tf.math.add(loss, tf.math.mul(mean, tf.constant((float) spec.training().l2())));
    }
    Operand<TFloat32> error =
        tf.math.mean(
            tf.dtypes.cast(
                tf.math.notEqual(tf.math.argMax(logits, tf.constant(1), TInt32.class), wanted),
                TFloat32.class),
            tf.constant(0));
    return new Parts(
        net, pixels, labels, functions, new TrainingOps(loss, Map.of("error", error), List.of()));
  }

  @Override
  public long stepsPerEpoch() {
    return batches.get(0).stepsPerEpoch();
  }

  @Override
  public RotationBatch batch(long step) {
    int bytes = imagesPerAngle * RotatedImages.SIZE * RotatedImages.SIZE;
    byte[] pixels = new byte[batches.size() * bytes];
    int[] labels = new int[batches.size() * imagesPerAngle];
    for (int angle = 0; angle < batches.size(); angle++) {
      ImageBatch own = batches.get(angle).batch(step);
      System.arraycopy(own.pixels(), 0, pixels, angle * bytes, bytes);
      System.arraycopy(own.labels(), 0, labels, angle * imagesPerAngle, imagesPerAngle);
    }
    return new RotationBatch(pixels, labels);
  }

  @Override
  public int examples(RotationBatch batch) {
    return batch.count();
  }

  /** The task in a graph. */
  final class Built implements MemberBuilt<RotationBatch> {
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
    public void feed(RotationBatch batch, long step, Feeds feeds) {
      feeds
          .bytes(parts.pixels().fed(), parts.pixels().fed().shape(), batch.pixels())
          .ints(parts.labels().fed(), parts.labels().fed().shape(), batch.labels());
    }

    /** Mean over the angles of the training, on the validation images. */
    @Override
    public Evaluation evaluate(Session session, long step) {
      List<AngleScore> scores = new ArrayList<>();
      for (int i = 0; i < data.seen().size(); i++) {
        double degrees = data.spec().seen().get(i);
        scores.add(
            AngleScore.of(
                data.seen().get(i).validation(),
                spec.training().evaluateBatchSize(),
                images ->
                    Objects.requireNonNull(
                            functions()
                                .call(
                                    session,
                                    RotationFunctions.ONE,
                                    AngleScore.inputs(images, degrees))
                                .get(RotationFunctions.LOGITS))
                        .floats()));
      }
      AngleScore mean = AngleScore.mean(scores);
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", mean.loss());
      metrics.put("error", 1 - mean.accuracy());
      return new Evaluation(step, metrics, "error");
    }
  }
}
