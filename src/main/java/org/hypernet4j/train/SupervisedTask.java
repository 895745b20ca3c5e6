// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Network;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Learns targets from examples with a model of your own.
 *
 * <p>The validation loss is a mean over all validation examples; it decides which parameters are
 * best.
 */
public final class SupervisedTask implements TrainingTask<Examples> {
  /** Stands before the validation examples, which fingerprints of earlier builds end without. */
  static final String VALIDATION = ", validation sha256 ";

  private final Network.Builder model;
  private final Loss loss;
  private final Examples train;
  private final Examples validation;
  private final int batchSize;
  private final long seed;
  private final ExampleBatches batches;

  /**
   * A measure of the error of predictions. The losses of TensorFlow Framework fit: {@code new
   * Huber()::call}.
   */
  @FunctionalInterface
  public interface Loss {
    /**
     * Adds the loss to a graph.
     *
     * @param targets {@code [batch, ...]}
     * @param predictions {@code [batch, ...]}
     * @return a scalar, a mean over the examples
     */
    Operand<TFloat32> apply(Ops tf, Operand<TFloat32> targets, Operand<TFloat32> predictions);
  }

  /**
   * Describes the task.
   *
   * @param model builds the model in each graph
   * @param train examples for training
   * @param validation examples for every evaluation, of the same shapes
   * @param batchSize examples in a training step
   * @param seed decides the order of the examples
   * @throws UserError if the examples or the batch size do not fit
   */
  public SupervisedTask(
      Network.Builder model,
      Loss loss,
      Examples train,
      Examples validation,
      int batchSize,
      long seed) {
    if (!Arrays.equals(train.inputShape(), validation.inputShape())
        || !Arrays.equals(train.targetShape(), validation.targetShape())) {
      throw UserError.in("validation examples")
          .what("have other shapes than the training examples")
          .expected(describe(train))
          .received(describe(validation))
          .build();
    }
    this.model = model;
    this.loss = loss;
    this.train = train;
    this.validation = validation;
    this.batchSize = batchSize;
    this.seed = seed;
    this.batches = new ExampleBatches(train, batchSize, seed);
  }

  private static String describe(Examples examples) {
    return "inputs "
        + Shapes.describe(examples.inputShape())
        + " and targets "
        + Shapes.describe(examples.targetShape());
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    Network network = model.build(store.root());
    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TFloat32> x =
        inputs.examples("x", TFloat32.class, batchOf(batchSize, train.inputShape()), 0);
    StepInputs.Input<TFloat32> y =
        inputs.examples("y", TFloat32.class, batchOf(batchSize, train.targetShape()), 0);
    StepInputs.Input<TInt64> step = inputs.key("step");
    Operand<TFloat32> trained = loss(tf, y.seen(), network.apply(tf, x.seen(), step.seen()));

    Ops inference = store.root().child("inference").tf();
    Placeholder<TFloat32> input = placeholder(inference, "input", train.inputShape());
    Placeholder<TFloat32> target = placeholder(inference, "target", train.targetShape());
    Operand<TFloat32> output = network.apply(inference, input, null);
    Operand<TFloat32> validated = loss(inference, target, output);
    return new Built(
        new TrainingOps(trained, Map.of(), List.of()),
        x,
        y,
        step,
        input,
        target,
        output,
        validated);
  }

  /**
   * Checks the shapes: TensorFlow would silently broadcast [batch, 1] and [batch] to [batch,
   * batch].
   */
  private Operand<TFloat32> loss(Ops tf, Operand<TFloat32> target, Operand<TFloat32> output) {
    Shapes.require(
        "the model", "its prediction", output, batchOf(-1, train.targetShape()).asArray());
    Operand<TFloat32> value = loss.apply(tf, target, output);
    Shapes.require("the loss", "it", value);
    return value;
  }

  private static Placeholder<TFloat32> placeholder(Ops tf, String name, long[] one) {
    return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(batchOf(-1, one)));
  }

  private static Shape batchOf(long size, long[] one) {
    return Shape.of(size).append(Shape.of(one));
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public Examples batch(long step) {
    return batches.batch(step);
  }

  @Override
  public int examples(Examples batch) {
    return batch.count();
  }

  /**
   * Identifies the training examples, the batch size, the seed and the validation examples, by
   * which the best parameters are chosen.
   */
  @Override
  public String fingerprint() {
    return "sha256 "
        + train.fingerprint()
        + ", batches of "
        + batchSize
        + ", seed "
        + seed
        + VALIDATION
        + validation.fingerprint();
  }

  /**
   * The predictions of a trained model.
   *
   * @param graph of a task of this class
   * @param inputs {@code [examples, ...]}
   * @return {@code [examples, ...]}
   * @throws UserError if the inputs have another shape than the training examples
   */
  public static NpyArray predict(TrainingGraph<Examples> graph, NpyArray inputs) {
    return ((Built) graph.built()).predict(graph.session(), inputs);
  }

  /** The task in a graph. */
  final class Built implements BuiltTask<Examples> {
    private final TrainingOps ops;
    private final StepInputs.Input<TFloat32> x;
    private final StepInputs.Input<TFloat32> y;
    private final StepInputs.Input<TInt64> step;
    private final Placeholder<TFloat32> input;
    private final Placeholder<TFloat32> target;
    private final Operand<TFloat32> output;
    private final Operand<TFloat32> validated;

    private Built(
        TrainingOps ops,
        StepInputs.Input<TFloat32> x,
        StepInputs.Input<TFloat32> y,
        StepInputs.Input<TInt64> step,
        Placeholder<TFloat32> input,
        Placeholder<TFloat32> target,
        Operand<TFloat32> output,
        Operand<TFloat32> validated) {
      this.ops = ops;
      this.x = x;
      this.y = y;
      this.step = step;
      this.input = input;
      this.target = target;
      this.output = output;
      this.validated = validated;
    }

    @Override
    public TrainingOps ops() {
      return ops;
    }

    @Override
    public void feed(Examples batch, long number, Feeds feeds) {
      feeds
          .floats(x.fed(), Shape.of(batch.inputs().shape()), batch.inputs().floats())
          .floats(y.fed(), Shape.of(batch.targets().shape()), batch.targets().floats())
          .longs(step.fed(), Shape.scalar(), number);
    }

    @Override
    public Evaluation evaluate(Session session, long done) {
      double sum = 0;
      for (int from = 0; from < validation.count(); from += batchSize) {
        Examples part = validation.slice(from, Math.min(validation.count(), from + batchSize));
        NpyArray targets = part.targets();
        try (Feeds feeds =
                feeds(part.inputs()).floats(target, Shape.of(targets.shape()), targets.floats());
            Result result = feeds.into(session.runner()).fetch(validated).run()) {
          sum += (double) ((TFloat32) result.get(0)).getFloat() * part.count();
        }
      }
      return new Evaluation(done, Map.of("loss", sum / validation.count()), "loss");
    }

    private NpyArray predict(Session session, NpyArray inputs) {
      try (Feeds feeds = feeds(inputs);
          Result result = feeds.into(session.runner()).fetch(output).run()) {
        TFloat32 tensor = (TFloat32) result.get(0);
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return NpyArray.of(values, tensor.shape().asArray());
      }
    }

    private Feeds feeds(NpyArray inputs) {
      return new Feeds().floats(input, Shape.of(inputs.shape()), inputs.floats());
    }
  }
}
