// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeBatch;
import org.hypernet4j.data.StrokeBatches;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.DrawingDataSpec;
import org.hypernet4j.spec.DrawingsSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LatentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.XlaSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.StrokeLatent;
import org.hypernet4j.zoo.StrokeModel;
import org.hypernet4j.zoo.StrokeSeries;
import org.hypernet4j.zoo.TrainingStep;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Training a {@link StrokeModel}: whole drawings, each from its start.
 *
 * <p>The loss is the nats of all offsets and pens of a batch, divided by the points that so many
 * drawings have in the mean. Not by its own: a batch holds drawings of like length, so each would
 * count as one over its length, and the model would learn to draw too little. With a latent vector
 * the divergence, averaged over drawings and numbers of z, is added with the weight of {@link
 * LatentSpec}.
 */
public final class StrokesTask implements TrainingTask<StrokeBatch> {
  private final ExperimentSpec spec;
  private final DrawingSplits data;
  private final StrokeScaling scaling;
  private final StrokeBatches batches;

  /**
   * The parts that {@link #define} adds to a graph.
   *
   * @param step decides the random draws; each replica sees another
   * @param number of the step, for the weight of the divergence; null without a latent vector
   */
  record Parts(
      StepInputs.Input<TFloat32> points,
      StepInputs.Input<TInt32> lengths,
      StepInputs.Input<TInt64> step,
      StepInputs.@Nullable Input<TInt64> number,
      StrokesOutputs outputs,
      TrainingOps ops) {}

  public StrokesTask(ExperimentSpec spec, DrawingSplits data, StrokeScaling scaling) {
    this.spec = spec;
    this.data = data;
    this.scaling = scaling;
    DrawingsSpec drawings = drawings(spec.data());
    this.batches =
        new StrokeBatches(
            data.train(),
            scaling,
            DrawingDatasets.augmentation(drawings),
            spec.training().batchSize(),
            drawings.poolBatches(),
            spec.training().seed(),
            null);
  }

  /** The model as a model of strokes. */
  static StrokesModelSpec model(ModelSpec model) {
    if (model instanceof StrokesModelSpec strokes) {
      return strokes;
    }
    throw new IllegalArgumentException("Not a model of strokes: " + model);
  }

  /** What is done to the drawings of a specification. */
  static DrawingsSpec drawings(DataSpec data) {
    if (data instanceof DrawingDataSpec drawings) {
      return drawings.drawings();
    }
    throw new IllegalArgumentException("Not drawings: " + data);
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    DrawingPart train = data.train();
    return new Built(define(spec, store, inputs, train.points() / (double) train.count()));
  }

  /**
   * Builds model, loss and placeholders of a specification; needs no data.
   *
   * @param meanPoints points of a drawing in the mean of the training part
   */
  static Parts define(
      ExperimentSpec spec, ParameterStore store, StepInputs inputs, double meanPoints) {
    StrokesModelSpec modelSpec = model(spec.model());
    StrokeModel model = SpecModels.strokeModel(store.root(), modelSpec);
    StrokesOutputs outputs = StrokesOutputs.build(store.root().child("inference").tf(), model);

    Ops tf = store.root().child("training").tf();
    int b = spec.training().batchSize();
    StepInputs.Input<TFloat32> points =
        inputs.examples("points", TFloat32.class, Shape.of(-1, b, 3), 1);
    StepInputs.Input<TInt32> lengths = inputs.examples("lengths", TInt32.class, Shape.of(b), 0);
    StepInputs.Input<TInt64> step = inputs.key("dropout_step");
    TrainingStep training =
        new TrainingStep(
            spec.training().seed(), step.seen(), spec.training().xla() == XlaSpec.CELL);

    StrokeSeries series = new StrokeSeries(tf, model.density(), points.seen(), lengths.seen());
    StrokeLatent.@Nullable Code code =
        model.latent() == null
            ? null
            : model.latent().encode(tf, series.drawn(tf), series.lengths(), training);
    Operand<TFloat32> z = code == null ? null : code.draw(tf, training);
    int seen = (int) points.seen().shape().get(1);
    StrokeModel.Outputs predictions =
        SpecOptimizers.precision(spec.training())
            .during(
                tf,
                () ->
                    model.raw(
                        tf,
                        series.inputs(),
                        z,
                        model.initialState(tf, tf.constant(seen), z),
                        training));
    StrokeSeries.Nats nats = series.nats(tf, predictions.raw());
    Operand<TInt32> all = tf.constant(new int[] {0, 1});
    Operand<TFloat32> count = tf.constant((float) (seen * meanPoints));
    Operand<TFloat32> offset = tf.math.div(tf.reduceSum(nats.offsets(), all), count);
    Operand<TFloat32> pen = tf.math.div(tf.reduceSum(nats.pens(), all), count);
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("offset", offset);
    metrics.put("pen", pen);
    Operand<TFloat32> total = tf.math.add(offset, pen);
    LatentSpec latent = modelSpec.latent();
    StepInputs.Input<TInt64> number = null;
    if (latent != null && code != null) {
      number = inputs.scalar("step_number", TInt64.class);
      Operand<TFloat32> kl = tf.math.mean(code.divergence(tf), tf.constant(0));
      metrics.put("kl", kl);
      Operand<TFloat32> each = tf.math.div(kl, tf.constant((float) latent.size()));
      total = tf.math.add(total, weighted(tf, latent, each, number.seen()));
    }
    if (spec.training().l2() > 0) {
      List<Operand<TFloat32>> weights = new ArrayList<>();
      store.regularised().forEach(parameter -> weights.add(parameter.value()));
      total = tf.math.add(total, WeightDecay.loss(tf, weights, (float) spec.training().l2()));
    }
    return new Parts(
        points, lengths, step, number, outputs, new TrainingOps(total, metrics, List.of()));
  }

  /** The divergence above its tolerance, with the weight that grows from step to step. */
  private static Operand<TFloat32> weighted(
      Ops tf, LatentSpec latent, Operand<TFloat32> kl, Operand<TInt64> step) {
    double distance = latent.klWeight() - latent.klWeightStart();
    Operand<TFloat32> shrunk =
        tf.math.exp(
            tf.math.mul(
                tf.dtypes.cast(step, TFloat32.class),
                tf.constant((float) Math.log(latent.klDecay()))));
    Operand<TFloat32> weight =
        tf.math.sub(
            tf.constant((float) latent.klWeight()),
            tf.math.mul(shrunk, tf.constant((float) distance)));
    return tf.math.mul(weight, tf.math.maximum(kl, tf.constant((float) latent.klTolerance())));
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public StrokeBatch batch(long step) {
    return batches.batch(step);
  }

  /** The number of drawings. */
  @Override
  public int examples(StrokeBatch batch) {
    return batch.streams();
  }

  /** The task in a graph. */
  final class Built implements BuiltTask<StrokeBatch> {
    private final Parts parts;

    private Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    /** The half of the graph that evaluation runs. */
    StrokesOutputs outputs() {
      return parts.outputs();
    }

    @Override
    public void feed(StrokeBatch batch, long step, Feeds feeds) {
      feeds
          .floats(parts.points().fed(), Shape.of(batch.time(), batch.streams(), 3), batch.points())
          .ints(parts.lengths().fed(), Shape.of(batch.streams()), batch.lengths())
          .longs(parts.step().fed(), Shape.scalar(), step);
      StepInputs.Input<TInt64> number = parts.number();
      if (number != null) {
        feeds.longs(number.fed(), Shape.scalar(), step);
      }
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, measure(session, data.validation()), criterion(spec));
    }

    private Map<String, Double> measure(Session session, DrawingPart part) {
      return StrokesTask.measure(spec, outputs(), scaling, session, part);
    }
  }

  /** The metric that decides which parameters are best: nats a drawing, with z what z costs too. */
  static String criterion(ExperimentSpec spec) {
    return model(spec.model()).latent() == null ? "nats" : "natsWithKl";
  }

  /** Measures drawings with the batch size of a specification. */
  static Map<String, Double> measure(
      ExperimentSpec spec,
      StrokesOutputs outputs,
      StrokeScaling scaling,
      Session session,
      DrawingPart part) {
    return new StrokesEvaluator(outputs, scaling)
        .measure(
            session,
            StrokeBatches.inOrder(part, scaling, spec.training().evaluateBatchSize(), null));
  }

  /** The half of a graph of such a task that evaluation runs. */
  static StrokesOutputs outputs(TrainingGraph<?> graph) {
    return ((Built) graph.built()).outputs();
  }
}
