// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.EncodedText;
import org.hypernet4j.data.TextBatch;
import org.hypernet4j.data.TextBatches;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.LanguageDataSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.XlaSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.TrainingStep;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Training a {@link LanguageModel} by back-propagation through T steps of B streams at a time.
 *
 * <p>The state after a step is the state before the next: it lives in parameters {@code
 * state/<part> [B, size]} of role {@link Role#SLOT}, so that checkpoints hold it and a run that is
 * resumed in the middle of an epoch goes on as if it had never stopped. Where {@link TextBatch}
 * marks the start of the streams, the state is zero. No gradient goes back beyond the T steps.
 *
 * <p>Loss and bits per character, {@code bpc}, of validation and test are those of {@link
 * LanguageEvaluator}, with {@code training.evaluateBatchSize} streams.
 */
public final class LanguageModelTask implements TrainingTask<TextBatch> {
  private static final float LN_2 = (float) Math.log(2);

  private final ExperimentSpec spec;
  private final TextSplits data;
  private final TextBatches batches;

  /**
   * The parts that {@link #define} adds to a graph.
   *
   * @param ids {@code [T, B]}
   * @param targets {@code [T, B]}
   * @param step decides the dropout, a scalar
   * @param reset whether the streams begin here, a scalar
   * @param outputs the half that evaluation runs
   */
  record Parts(
      StepInputs.Input<TInt32> ids,
      StepInputs.Input<TInt32> targets,
      StepInputs.Input<TInt64> step,
      StepInputs.Input<TBool> reset,
      LanguageOutputs outputs,
      TrainingOps ops) {}

  public LanguageModelTask(ExperimentSpec spec, TextSplits data) {
    this.spec = spec;
    this.data = data;
    data.requireFit(model(spec.model()).symbols());
    this.batches =
        new TextBatches(
            data.train(), spec.training().batchSize(), steps(spec.data()), spec.training().seed());
  }

  /** The model as a language model. */
  static LanguageModelSpec model(ModelSpec model) {
    if (model instanceof LanguageModelSpec language) {
      return language;
    }
    throw new IllegalArgumentException("Not a language model: " + model);
  }

  /** T, the symbols of a stream in one step. */
  static int steps(DataSpec data) {
    if (data instanceof LanguageDataSpec text) {
      return text.sequenceLength();
    }
    throw new IllegalArgumentException("Not text: " + data);
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, store, inputs));
  }

  /** Builds model, loss and placeholders of a specification; needs no data. */
  static Parts define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    LanguageModel model = SpecModels.languageModel(store.root(), model(spec.model()));
    LanguageOutputs outputs = LanguageOutputs.build(store.root().child("inference").tf(), model);

    Ops tf = store.root().child("training").tf();
    // Sizes that are known when the graph is built: the loop is much faster with them.
    int t = steps(spec.data());
    int b = spec.training().batchSize();
    StepInputs.Input<TInt32> ids = inputs.examples("ids", TInt32.class, Shape.of(t, b), 1);
    StepInputs.Input<TInt32> targets = inputs.examples("targets", TInt32.class, Shape.of(t, b), 1);
    StepInputs.Input<TInt64> step = inputs.key("dropout_step");
    StepInputs.Input<TBool> reset = inputs.scalar("reset", TBool.class);

    List<Parameter> carried = new ArrayList<>();
    List<Operand<TFloat32>> initial = new ArrayList<>();
    for (StatePart part : model.stateParts()) {
      Parameter parameter = carried(store, part.name(), Shape.of(b, part.size()));
      Operand<TFloat32> rows = inputs.rows(parameter);
      Operand<TFloat32> zeros = tf.zeros(tf.constant(rows.shape().asArray()), TFloat32.class);
      carried.add(parameter);
      initial.add(tf.select(reset.seen(), zeros, rows));
    }
    LanguageModel.Scores scores =
        SpecOptimizers.precision(spec.training())
            .during(
                tf,
                () ->
                    model.logits(
                        tf,
                        ids.seen(),
                        initial,
                        null,
                        new TrainingStep(
                            spec.training().seed(),
                            step.seen(),
                            spec.training().xla() == XlaSpec.CELL)));
    List<NextValue> updates = new ArrayList<>();
    for (int i = 0; i < carried.size(); i++) {
      updates.add(new NextValue(carried.get(i), scores.state().get(i)));
    }
    Operand<TFloat32> loss = model.loss(tf, scores.logits(), targets.seen(), null);
    Operand<TFloat32> total = loss;
    if (spec.training().l2() > 0) {
      List<Operand<TFloat32>> weights = new ArrayList<>();
      store.regularised().forEach(parameter -> weights.add(parameter.value()));
      Operand<TFloat32> decay = WeightDecay.loss(tf, weights, (float) spec.training().l2());
      total = tf.math.add(loss, decay);
    }
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("bpc", tf.math.div(loss, tf.constant(LN_2)));
    return new Parts(ids, targets, step, reset, outputs, new TrainingOps(total, metrics, updates));
  }

  /** A parameter {@code state/<part>}; a part's name may have several steps, {@code hyper/c}. */
  private static Parameter carried(ParameterStore store, String part, Shape shape) {
    String path = "state/" + part;
    int slash = path.lastIndexOf('/');
    ParameterScope scope = store.root().child(path.substring(0, slash));
    return scope.fixedParameter(path.substring(slash + 1), shape, Initializers.zeros(), Role.SLOT);
  }

  @Override
  public long stepsPerEpoch() {
    return batches.stepsPerEpoch();
  }

  @Override
  public TextBatch batch(long step) {
    return batches.batch(step);
  }

  /** The number of predicted symbols. */
  @Override
  public int examples(TextBatch batch) {
    return batch.predictions();
  }

  /** The task in a graph. */
  final class Built implements BuiltTask<TextBatch> {
    private final Parts parts;

    private Built(Parts parts) {
      this.parts = parts;
    }

    @Override
    public TrainingOps ops() {
      return parts.ops();
    }

    /** The half of the graph that evaluation runs. */
    LanguageOutputs outputs() {
      return parts.outputs();
    }

    @Override
    public void feed(TextBatch batch, long step, Feeds feeds) {
      Shape shape = Shape.of(batch.steps(), batch.streams());
      feeds
          .ints(parts.ids().fed(), shape, batch.inputs())
          .ints(parts.targets().fed(), shape, batch.targets())
          .longs(parts.step().fed(), Shape.scalar(), step)
          .bool(parts.reset().fed(), batch.reset());
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, measure(session, data.validation()), "bpc");
    }

    /** Loss and bits per character of any text. */
    Map<String, Double> measure(Session session, EncodedText text) {
      return evaluator(spec, outputs()).measure(session, text);
    }
  }

  /** The half of a graph of such a task that evaluation runs. */
  static LanguageOutputs outputs(TrainingGraph<?> graph) {
    return ((Built) graph.built()).outputs();
  }

  /** The evaluator with the sizes of a specification. */
  static LanguageEvaluator evaluator(ExperimentSpec spec, LanguageOutputs outputs) {
    return new LanguageEvaluator(outputs, spec.training().evaluateBatchSize(), steps(spec.data()));
  }
}
