// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.LabelScores;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.ImageSplits;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.spec.ComparedWidthsSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.ConvNetwork;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A net of given widths with parameters of its own, trained to compare generated weights with. */
final class PlainNet implements TrainingTask<ImageBatch> {
  private static final int PREFETCHED_BATCHES = 4;

  private final ConvNetwork net;
  private final ImageSplits data;
  private final TaskBatches batches;
  private final int evaluateBatchSize;

  private PlainNet(ConvNetwork net, ImageSplits data, TaskBatches batches, int evaluateBatchSize) {
    this.net = net;
    this.data = data;
    this.batches = batches;
    this.evaluateBatchSize = evaluateBatchSize;
  }

  /**
   * Trains a net, on the CPU and equal to the last bit in every run.
   *
   * @param net with the channels that are left
   * @param seed of the initial values and of the order of the images
   * @return share of wrong classes on the test images after the last step
   * @throws UserError if the training diverges
   */
  static double trainedError(
      ConvNetwork net,
      ImageSplits data,
      ComparedWidthsSpec budget,
      long seed,
      int evaluateBatchSize) {
    TaskBatches batches = new TaskBatches(new TaskImages(data.train()), budget.batchSize(), seed);
    LearningRateSchedule schedule =
        LearningRateSchedule.cosine(budget.learningRate(), 0, budget.steps(), 0);
    try (TrainingGraph<ImageBatch> graph =
        new TrainingGraph<>(
            new PlainNet(net, data, batches, evaluateBatchSize),
            seed,
            (store, rate) -> new Adam(store, rate, GradientClip.none()),
            new SessionOptions(0, true))) {
      Trainer.Settings settings =
          new Trainer.Settings(budget.steps(), budget.steps(), schedule, PREFETCHED_BATCHES);
      Evaluation last = new Trainer<>(graph, settings).fit(List.of()).best();
      return Objects.requireNonNull(last).value();
    }
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    Weights weights = Weights.parameters(store.root(), net.weights());
    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TUint8> pixels =
        inputs.examples("pixels", TUint8.class, Shape.of(-1, Mnist.SIDE, Mnist.SIDE, 1), 0);
    StepInputs.Input<TInt32> labels = inputs.examples("labels", TInt32.class, Shape.of(-1), 0);
    Operand<TFloat32> images =
        tf.math.mul(
            tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PruningTask.PIXEL_SCALE));
    Operand<TFloat32> loss =
        new SparseCategoricalCrossentropy(true)
            .call(tf, labels.seen(), net.apply(tf, weights, images));
    Ops inference = store.root().child("inference").tf();
    Operand<TFloat32> image = PruningModel.image(inference);
    ServingSignature classifier =
        new ServingSignature(
            ServingSignature.DEFAULT_KEY,
            Map.of(PruningModel.IMAGE, image),
            Map.of(PruningModel.LOGITS, net.apply(inference, weights, image)));
    return new Built(
        pixels,
        labels,
        new Functions(List.of(classifier), List.of()),
        new TrainingOps(loss, Map.of(), List.of()));
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

  /** The net in a graph. */
  private final class Built implements BuiltTask<ImageBatch> {
    private final StepInputs.Input<TUint8> pixels;
    private final StepInputs.Input<TInt32> labels;
    private final Functions functions;
    private final TrainingOps ops;

    Built(
        StepInputs.Input<TUint8> pixels,
        StepInputs.Input<TInt32> labels,
        Functions functions,
        TrainingOps ops) {
      this.pixels = pixels;
      this.labels = labels;
      this.functions = functions;
      this.ops = ops;
    }

    @Override
    public TrainingOps ops() {
      return ops;
    }

    @Override
    public void feed(ImageBatch batch, long step, Feeds feeds) {
      feeds
          .bytes(pixels.fed(), Shape.of(batch.count(), Mnist.SIDE, Mnist.SIDE, 1), batch.pixels())
          .ints(labels.fed(), Shape.of(batch.count()), batch.labels());
    }

    /** Only after the last step, and on the test images: no step is chosen by them. */
    @Override
    public Evaluation evaluate(Session session, long step) {
      LabelScores scores =
          Scores.of(
                  data.test(),
                  evaluateBatchSize,
                  List.of(
                      images ->
                          Objects.requireNonNull(
                                  functions
                                      .call(
                                          session,
                                          ServingSignature.DEFAULT_KEY,
                                          Map.of(PruningModel.IMAGE, images))
                                      .get(PruningModel.LOGITS))
                              .floats()))
              .get(0);
      if (!Double.isFinite(scores.loss())) {
        throw UserError.in("model.compared.learningRate")
            .what("the training of the plain net with filters " + net.filters() + " diverged")
            .expected("a finite cross entropy of the test images")
            .received(scores.loss())
            .next("lower it, in a new run")
            .build();
      }
      return new Evaluation(step, Map.of("error", scores.error()), "error");
    }
  }
}
