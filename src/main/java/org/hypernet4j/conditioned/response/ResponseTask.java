// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.conditioned.NetworkRows;
import org.hypernet4j.data.ImageBatch;
import org.hypernet4j.data.Mnist;
import org.hypernet4j.data.TaskBatches;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.BestResponseModelSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepGradients;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Training of the best response: the generator follows the loss of training images with the decay,
 * averaged over strengths drawn around the one found so far; that one follows the loss of
 * validation images of its own network.
 */
final class ResponseTask implements TrainingTask<ResponseBatch> {
  private final ExperimentSpec spec;
  private final BestResponseModelSpec model;
  private final ResponseData data;
  private final TaskBatches training;
  private final TaskBatches validation;
  private final StatelessRandom random;

  /** The inputs of a step. */
  record Seen(
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      StepInputs.Input<TUint8> validationPixels,
      StepInputs.Input<TInt32> validationLabels,
      StepInputs.Input<TFloat32> strengths) {}

  /** The parts of a step that {@link #define} adds to a graph. */
  record Parts(Functions functions, Seen seen, TrainingOps ops) {}

  ResponseTask(ExperimentSpec spec, ResponseData data) {
    this.spec = spec;
    this.model = (BestResponseModelSpec) spec.model();
    this.data = data;
    requireDivides(spec);
    int size = spec.training().batchSize();
    long seed = spec.training().seed();
    if (size > data.splits().validation().count()) {
      throw UserError.in("training.batchSize")
          .what("the search sees as many validation images in a step, and there are fewer")
          .expected("at most " + data.splits().validation().count())
          .received(size)
          .next("choose a smaller batch, or a larger 'data.validation'")
          .build();
    }
    random = StatelessRandom.of(seed).fold("strengths");
    training = new TaskBatches(new TaskImages(data.splits().train()), size, seed);
    validation =
        new TaskBatches(
            new TaskImages(data.splits().validation()),
            size,
            StatelessRandom.of(seed).fold("validation").key());
  }

  /** The images of each strength in a step. */
  private static int requireDivides(ExperimentSpec spec) {
    int rows = ((BestResponseModelSpec) spec.model()).rows();
    int size = spec.training().batchSize();
    if (size % rows != 0) {
      throw UserError.in("training.batchSize")
          .what("the batch cannot be shared out evenly among the strengths of a step")
          .expected("a multiple of " + rows)
          .received(size)
          .next("choose another batch size")
          .build();
    }
    if (spec.training().l2() > 0) {
      throw UserError.in("training.l2")
          .what("the strength of the decay is what this model learns about")
          .expected(0)
          .received(spec.training().l2())
          .next("leave 'training.l2' out; 'model.lowest' and 'model.highest' are the range")
          .build();
    }
    return size / rows;
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, store, inputs));
  }

  /** Builds model, losses and placeholders of a specification; needs no data. */
  static Parts define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    int each = requireDivides(spec);
    BestResponseModelSpec settings = (BestResponseModelSpec) spec.model();
    int batch = spec.training().batchSize();
    ResponseModel model = new ResponseModel(store, settings);
    Functions functions = model.functions();
    Shape groups = Shape.of(settings.rows(), each);
    Seen seen =
        new Seen(
            inputs.examples(
                "pixels", TUint8.class, groups.append(Shape.of(Mnist.SIDE, Mnist.SIDE, 1)), 0),
            inputs.examples("labels", TInt32.class, groups, 0),
            inputs.examples(
                "validation_pixels", TUint8.class, Shape.of(batch, Mnist.SIDE, Mnist.SIDE, 1), 0),
            inputs.examples("validation_labels", TInt32.class, Shape.of(batch), 0),
            inputs.examples("strengths", TFloat32.class, Shape.of(settings.rows()), 0));
    Ops tf = store.root().child("training").tf();
    TrainingOps ops =
        SpecOptimizers.precision(spec.training())
            .during(tf, () -> ops(tf, settings, store, model, seen));
    return new Parts(functions, seen, ops);
  }

  private static TrainingOps ops(
      Ops tf,
      BestResponseModelSpec settings,
      ParameterStore store,
      ResponseModel model,
      Seen seen) {
    Parameter position = model.position();
    Operand<TFloat32> strengths = seen.strengths().seen();
    if (position != null) {
      // the search must not choose a strength because it is easy to train for
      strengths =
          model.within(
              tf,
              tf.math.add(
                  tf.stopGradient(model.found(tf)),
                  tf.math.mul(strengths, tf.constant((float) settings.spread()))));
    }
    Weights weights = model.each(tf, strengths);
    Operand<TFloat32> fit =
        NetworkRows.crossEntropy(
            tf,
            model.rows().apply(tf, weights, images(tf, seen.pixels().seen())),
            seen.labels().seen());
    Operand<TFloat32> lambda =
        tf.math.exp(tf.math.mul(strengths, tf.constant((float) Math.log(10))));
    Operand<TFloat32> decay = tf.math.mul(lambda, model.rows().halfSquares(tf, weights));
    Operand<TFloat32> objective = tf.math.mean(tf.math.add(fit, decay), tf.constant(0));
    if (position == null) {
      return new TrainingOps(objective, Map.of(), List.of());
    }
    Operand<TFloat32> scores =
        model
            .rows()
            .network()
            .apply(tf, model.one(tf, model.found(tf)), images(tf, seen.validationPixels().seen()));
    Operand<TFloat32> validation =
        tf.math.mean(
            NetworkRows.crossEntropy(
                tf,
                tf.expandDims(scores, tf.constant(0)),
                tf.expandDims(seen.validationLabels().seen(), tf.constant(0))),
            tf.constant(0));
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("validationLoss", validation);
    metrics.put("log10L2", tf.reduceSum(model.found(tf), tf.constant(0)));
    List<StepGradients.Part> parts = new ArrayList<>();
    List<Parameter> generator = new ArrayList<>(store.trainables());
    if (generator.remove(position)) {
      parts.add(new StepGradients.Part(validation, List.of(position)));
    }
    if (!generator.isEmpty()) {
      parts.add(0, new StepGradients.Part(objective, generator));
    }
    return new TrainingOps(objective, metrics, List.of(), StepGradients.separate(parts));
  }

  private static Operand<TFloat32> images(Ops tf, Operand<TUint8> pixels) {
    return tf.math.mul(tf.dtypes.cast(pixels, TFloat32.class), tf.constant(CurvePoint.PIXEL_SCALE));
  }

  @Override
  public long stepsPerEpoch() {
    return training.stepsPerEpoch();
  }

  @Override
  public ResponseBatch batch(long step) {
    return new ResponseBatch(training.batch(step), validation.batch(step), strengths(step));
  }

  private float[] strengths(long step) {
    if (!model.separate()) {
      return Strengths.normal(random.fold(step), model.rows());
    }
    float[] own = new float[model.points()];
    for (int i = 0; i < own.length; i++) {
      own[i] = (float) model.point(i);
    }
    return own;
  }

  @Override
  public int examples(ResponseBatch batch) {
    return batch.training().count();
  }

  /** The task in a graph. */
  final class Built implements MemberBuilt<ResponseBatch> {
    private final Parts parts;

    private Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    /** Its parts. */
    Parts parts() {
      return parts;
    }

    @Override
    public Functions functions() {
      return parts.functions();
    }

    @Override
    public void feed(ResponseBatch batch, long step, Feeds feeds) {
      Seen seen = parts.seen();
      ImageBatch images = batch.training();
      ImageBatch others = batch.validation();
      int rows = model.rows();
      Shape groups = Shape.of(rows, images.count() / rows);
      feeds
          .bytes(
              seen.pixels().fed(),
              groups.append(Shape.of(Mnist.SIDE, Mnist.SIDE, 1)),
              images.pixels())
          .ints(seen.labels().fed(), groups, images.labels())
          .bytes(
              seen.validationPixels().fed(),
              Shape.of(others.count(), Mnist.SIDE, Mnist.SIDE, 1),
              others.pixels())
          .ints(seen.validationLabels().fed(), Shape.of(others.count()), others.labels())
          .floats(seen.strengths().fed(), Shape.of(rows), batch.strengths());
    }

    /**
     * The criterion is what the networks are trained for, not the validation loss: that would
     * prefer networks that are not trained to the end, whose early stop is a regulariser of its
     * own.
     */
    @Override
    public Evaluation evaluate(Session session, long step) {
      CurvePoint.Caller caller = (key, inputs) -> functions().call(session, key, inputs);
      double[] strengths = CurvePoint.strengths(model);
      int size = spec.training().evaluateBatchSize();
      CurvePoint lowest =
          CurvePoint.lowest(
              CurvePoint.measure(caller, data.splits().validation(), strengths, size));
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put(
          "objective",
          CurvePoint.meanObjective(
              CurvePoint.measure(caller, data.splits().train(), strengths, size)));
      metrics.put("lowestValidationLoss", lowest.scores().loss());
      metrics.put("lowestLog10L2", lowest.strength());
      return new Evaluation(step, metrics, "objective");
    }
  }
}
