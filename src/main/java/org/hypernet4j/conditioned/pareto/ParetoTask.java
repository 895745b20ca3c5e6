// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pareto;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecOptimizers;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.conditioned.MemberBuilt;
import org.hypernet4j.conditioned.NetworkRows;
import org.hypernet4j.data.TwoDigitsBatch;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.random.EpochShuffle;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ParetoModelSpec;
import org.hypernet4j.train.Evaluation;
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
 * Training by linear scalarisation: {@code r_1 L_1 + r_2 L_2}, averaged over the preferences of a
 * step, each with pictures of its own.
 */
final class ParetoTask implements TrainingTask<ParetoBatch> {
  /** Pixels 0 to 255 become 0 to 1, with this factor everywhere so that results are equal. */
  static final float PIXEL_SCALE = 1f / 255f;

  private final ExperimentSpec spec;
  private final ParetoModelSpec model;
  private final ParetoData data;
  private final EpochShuffle shuffle;
  private final StatelessRandom random;

  /** The parts of a step that {@link #define} adds to a graph. */
  record Parts(
      Functions functions,
      StepInputs.Input<TUint8> pixels,
      StepInputs.Input<TInt32> labels,
      StepInputs.Input<TFloat32> preferences,
      TrainingOps ops) {}

  ParetoTask(ExperimentSpec spec, ParetoData data) {
    this.spec = spec;
    this.model = (ParetoModelSpec) spec.model();
    this.data = data;
    requireDivides(spec);
    shuffle =
        new EpochShuffle(
            data.pictures().train().count(), spec.training().batchSize(), spec.training().seed());
    random = StatelessRandom.of(spec.training().seed()).fold("preferences");
  }

  /** The pictures of each preference in a step. */
  private static int requireDivides(ExperimentSpec spec) {
    int rows = ((ParetoModelSpec) spec.model()).rows();
    int size = spec.training().batchSize();
    if (size % rows != 0) {
      throw UserError.in("training.batchSize")
          .what("the batch cannot be shared out evenly among the preferences of a step")
          .expected("a multiple of " + rows)
          .received(size)
          .next("choose another batch size")
          .build();
    }
    return size / rows;
  }

  @Override
  public Built build(ParameterStore store, StepInputs inputs) {
    return new Built(define(spec, store, inputs));
  }

  /** Builds model, loss and placeholders of a specification; needs no data. */
  static Parts define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    int each = requireDivides(spec);
    ParetoModelSpec settings = (ParetoModelSpec) spec.model();
    int rows = settings.rows();
    ParetoModel model = new ParetoModel(store, settings);
    Functions functions = model.functions();

    Ops tf = store.root().child("training").tf();
    StepInputs.Input<TUint8> pixels =
        inputs.examples(
            "pixels", TUint8.class, Shape.of(rows, each, ParetoModel.SIDE, ParetoModel.SIDE, 1), 0);
    StepInputs.Input<TInt32> labels =
        inputs.examples("labels", TInt32.class, Shape.of(rows, 2, each), 0);
    StepInputs.Input<TFloat32> preferences =
        inputs.examples("preferences", TFloat32.class, Shape.of(rows, 2), 0);
    Operand<TFloat32> images =
        tf.math.mul(tf.dtypes.cast(pixels.seen(), TFloat32.class), tf.constant(PIXEL_SCALE));
    Weights weights = model.weights(tf, preferences.seen());
    Operand<TFloat32> scores =
        SpecOptimizers.precision(spec.training())
            .during(tf, () -> model.rows().apply(tf, weights, images));
    Operand<TFloat32> first = loss(tf, scores, labels.seen(), 0);
    Operand<TFloat32> second = loss(tf, scores, labels.seen(), 1);
    Operand<TFloat32> both = tf.stack(List.of(first, second)); // [2, rows]
    Operand<TFloat32> scalarised =
        tf.reduceSum(
            tf.math.mul(
                both, tf.linalg.transpose(preferences.seen(), tf.constant(new int[] {1, 0}))),
            tf.constant(0));
    Operand<TFloat32> loss = tf.math.mean(scalarised, tf.constant(0));
    if (spec.training().l2() > 0) {
      Operand<TFloat32> squares = model.rows().halfSquares(tf, weights);
      Operand<TFloat32> mean =
          squares.shape().numDimensions() == 0 ? squares : tf.math.mean(squares, tf.constant(0));
      loss = tf.math.add(loss, tf.math.mul(mean, tf.constant((float) spec.training().l2())));
    }
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("firstLoss", tf.math.mean(first, tf.constant(0)));
    metrics.put("secondLoss", tf.math.mean(second, tf.constant(0)));
    return new Parts(
        functions, pixels, labels, preferences, new TrainingOps(loss, metrics, List.of()));
  }

  /** The loss of one of the digits, for each preference: {@code [rows]}. */
  private static Operand<TFloat32> loss(
      Ops tf, Operand<TFloat32> scores, Operand<TInt32> labels, int digit) {
    return NetworkRows.crossEntropy(
        tf,
        tf.slice(
            scores,
            tf.constant(new int[] {0, 0, digit * ParetoModel.CLASSES}),
            tf.constant(new int[] {-1, -1, ParetoModel.CLASSES})),
        tf.slice(labels, tf.constant(new int[] {0, digit, 0}), tf.constant(new int[] {-1, 1, -1})));
  }

  @Override
  public long stepsPerEpoch() {
    return shuffle.stepsPerEpoch();
  }

  @Override
  public ParetoBatch batch(long step) {
    return new ParetoBatch(
        data.pictures().train().select(shuffle.examples(step)), preferences(step));
  }

  private float[] preferences(long step) {
    int rows = model.rows();
    float[] all = new float[2 * rows];
    for (int i = 0; i < rows; i++) {
      float[] one =
          model.weights() == null
              ? Preferences.drawn(random.fold(step).fold(i), model.alpha())
              : Preferences.of(model.weights().get(i));
      all[2 * i] = one[0];
      all[2 * i + 1] = one[1];
    }
    return all;
  }

  @Override
  public int examples(ParetoBatch batch) {
    return batch.pictures().count();
  }

  /** The task in a graph. */
  final class Built implements MemberBuilt<ParetoBatch> {
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
    public void feed(ParetoBatch batch, long step, Feeds feeds) {
      int rows = model.rows();
      TwoDigitsBatch pictures = batch.pictures();
      int each = pictures.count() / rows;
      int[] labels = new int[2 * pictures.count()];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(pictures.first(), row * each, labels, 2 * row * each, each);
        System.arraycopy(pictures.second(), row * each, labels, (2 * row + 1) * each, each);
      }
      feeds
          .bytes(
              parts.pixels().fed(),
              Shape.of(rows, each, ParetoModel.SIDE, ParetoModel.SIDE, 1),
              pictures.pixels())
          .ints(parts.labels().fed(), Shape.of(rows, 2, each), labels)
          .floats(parts.preferences().fed(), Shape.of(rows, 2), batch.preferences());
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      List<RayResult> rays =
          RayResult.measure(
              inputs -> parts.functions().call(session, ParetoModel.ONE, inputs),
              data.pictures().validation(),
              Preferences.rays(Preferences.VALIDATED),
              spec.training().evaluateBatchSize());
      Map<String, Double> metrics = new LinkedHashMap<>();
      metrics.put("loss", RayResult.meanLoss(rays));
      metrics.put("hypervolume", RayResult.hypervolume(rays));
      return new Evaluation(step, metrics, "loss");
    }
  }
}
