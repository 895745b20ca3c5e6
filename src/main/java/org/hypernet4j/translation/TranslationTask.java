// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.build.SpecTranslation;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.data.TranslationBatches;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.TranslationModelSpec;
import org.hypernet4j.spec.XlaSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.TrainingStep;
import org.hypernet4j.zoo.TranslationLoss;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Training a {@link TranslationModel} on given translations: the decoder reads the right piece
 * before each that it has to predict.
 *
 * <p>The loss is the cross entropy of all pieces and ends, with label smoothing if the
 * specification asks for it, divided by the sentences or by the pieces of the batch. The metric
 * {@code nats} is the cross entropy a piece without smoothing.
 */
public final class TranslationTask implements TrainingTask<TranslationBatch> {
  private final ExperimentSpec spec;
  private final TranslationData data;
  private final TranslationBatches batches;

  /**
   * The parts that {@link #define} adds to a graph.
   *
   * @param step decides the random draws; each replica sees another
   */
  record Parts(
      StepInputs.Input<TInt32> source,
      StepInputs.Input<TInt32> sourceLengths,
      StepInputs.Input<TInt32> inputs,
      StepInputs.Input<TInt32> targets,
      StepInputs.Input<TInt32> targetLengths,
      StepInputs.Input<TInt64> step,
      TranslationOutputs outputs,
      TrainingOps ops) {}

  /** Sets up the task. */
  public TranslationTask(ExperimentSpec spec, TranslationData data) {
    this.spec = spec;
    this.data = data;
    this.batches =
        new TranslationBatches(
            data.train().source(),
            data.train().target(),
            spec.training().batchSize(),
            TranslationData.spec(spec.data()).poolBatches(),
            spec.training().seed());
  }

  /** The model as a translation model. */
  static TranslationModelSpec model(ModelSpec model) {
    if (model instanceof TranslationModelSpec translation) {
      return translation;
    }
    throw new IllegalArgumentException("Not a translation model: " + model);
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, store, inputs));
  }

  /** Builds model, loss and placeholders of a specification; needs no data. */
  static Parts define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    TranslationModelSpec modelSpec = model(spec.model());
    TranslationModel model = SpecTranslation.model(store.root(), modelSpec);
    TranslationOutputs outputs =
        TranslationOutputs.build(store.root().child("inference").tf(), model, modelSpec.beam());

    Ops tf = store.root().child("training").tf();
    int b = spec.training().batchSize();
    StepInputs.Input<TInt32> source = ids(inputs, "source", Shape.of(b, -1));
    StepInputs.Input<TInt32> sourceLengths = ids(inputs, "source_lengths", Shape.of(b));
    StepInputs.Input<TInt32> read = ids(inputs, "inputs", Shape.of(b, -1));
    StepInputs.Input<TInt32> targets = ids(inputs, "targets", Shape.of(b, -1));
    StepInputs.Input<TInt32> targetLengths = ids(inputs, "target_lengths", Shape.of(b));
    StepInputs.Input<TInt64> step = inputs.key("dropout_step");
    TrainingStep training =
        new TrainingStep(
            spec.training().seed(), step.seen(), spec.training().xla() == XlaSpec.CELL);
    TranslationLoss loss =
        SpecOptimizers.precision(spec.training())
            .during(
                tf,
                () ->
                    model.loss(
                        tf,
                        model.write(
                            tf,
                            model.encode(tf, source.seen(), sourceLengths.seen(), training),
                            read.seen(),
                            targetLengths.seen(),
                            training),
                        targets.seen(),
                        targetLengths.seen(),
                        (float) modelSpec.labelSmoothing()));
    Operand<TFloat32> total =
        modelSpec.lossPer() == TranslationModelSpec.LossPer.SENTENCE
            ? loss.perSentence(tf)
            : loss.perPiece(tf);
    if (spec.training().l2() > 0) {
      List<Operand<TFloat32>> weights = new ArrayList<>();
      store.regularised().forEach(parameter -> weights.add(parameter.value()));
      total = tf.math.add(total, WeightDecay.loss(tf, weights, (float) spec.training().l2()));
    }
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("nats", loss.natsPerPiece(tf));
    return new Parts(
        source,
        sourceLengths,
        read,
        targets,
        targetLengths,
        step,
        outputs,
        new TrainingOps(total, metrics, List.of()));
  }

  private static StepInputs.Input<TInt32> ids(StepInputs inputs, String name, Shape shape) {
    return inputs.examples(name, TInt32.class, shape, 0);
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public TranslationBatch batch(long step) {
    return batches.batch(step);
  }

  /** The number of sentences. */
  @Override
  public int examples(TranslationBatch batch) {
    return batch.rows();
  }

  /** The task in a graph. */
  final class Built implements BuiltTask<TranslationBatch> {
    private final Parts parts;

    private Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    /** The half of the graph that evaluation runs. */
    TranslationOutputs outputs() {
      return parts.outputs();
    }

    @Override
    public void feed(TranslationBatch batch, long step, Feeds feeds) {
      Shape rows = Shape.of(batch.rows());
      Shape target = Shape.of(batch.rows(), batch.targetTime());
      feeds
          .ints(parts.source().fed(), Shape.of(batch.rows(), batch.sourceTime()), batch.source())
          .ints(parts.sourceLengths().fed(), rows, batch.sourceLengths())
          .ints(parts.inputs().fed(), target, batch.inputs())
          .ints(parts.targets().fed(), target, batch.targets())
          .ints(parts.targetLengths().fed(), rows, batch.targetLengths())
          .longs(parts.step().fed(), Shape.scalar(), step);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(
          step,
          evaluator(spec, data, outputs())
              .measure(session, data.validation(), data.text().validation().target(), false),
          TranslationEvaluator.NATS);
    }
  }

  /** The evaluator with the sizes of a specification. */
  static TranslationEvaluator evaluator(
      ExperimentSpec spec, TranslationData data, TranslationOutputs outputs) {
    return new TranslationEvaluator(outputs, data.subwords(), spec.training().evaluateBatchSize());
  }

  /** The half of a graph of such a task that evaluation runs. */
  static TranslationOutputs outputs(TrainingGraph<?> graph) {
    return ((Built) graph.built()).outputs();
  }
}
