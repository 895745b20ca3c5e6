// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The smallest real task: fit y = 3 x - 1 by least squares, eight points a batch. */
final class LineTask implements TrainingTask<float[]> {
  static final int BATCH = 8;

  /** From this step on the targets are NaN, for tests of the divergence guard. */
  private final long poisonedFrom;

  LineTask() {
    this(Long.MAX_VALUE);
  }

  LineTask(long poisonedFrom) {
    this.poisonedFrom = poisonedFrom;
  }

  @Override
  public BuiltTask<float[]> build(ParameterStore store, StepInputs inputs) {
    ParameterScope line = store.root().child("line");
    Ops tf = line.tf();
    StepInputs.Input<TFloat32> x = inputs.examples("x", TFloat32.class, Shape.of(-1), 0);
    StepInputs.Input<TFloat32> y = inputs.examples("y", TFloat32.class, Shape.of(-1), 0);
    Operand<TFloat32> slope =
        line.value("slope", Shape.scalar(), Initializers.normal(0f, 1f), Role.KERNEL);
    Operand<TFloat32> offset =
        line.value("offset", Shape.scalar(), Initializers.zeros(), Role.BIAS);
    Operand<TFloat32> error =
        tf.math.sub(tf.math.add(tf.math.mul(x.seen(), slope), offset), y.seen());
    Operand<TFloat32> loss = tf.math.mean(tf.math.square(error), tf.constant(0));
    Map<String, Operand<TFloat32>> metrics = new LinkedHashMap<>();
    metrics.put("worst", tf.max(tf.math.abs(error), tf.constant(0)));
    return new Built(x, y, new TrainingOps(loss, metrics, List.of()));
  }

  @Override
  public long stepsPerEpoch() {
    return 10;
  }

  /** x values of a step. */
  @Override
  public float[] batch(long step) {
    StatelessRandom random = StatelessRandom.of(11).fold(step);
    float[] values = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      values[i] = (float) (2 * random.uniform(i) - 1);
    }
    return values;
  }

  @Override
  public int examples(float[] batch) {
    return batch.length;
  }

  private final class Built implements BuiltTask<float[]> {
    private final StepInputs.Input<TFloat32> x;
    private final StepInputs.Input<TFloat32> y;
    private final TrainingOps ops;

    Built(StepInputs.Input<TFloat32> x, StepInputs.Input<TFloat32> y, TrainingOps ops) {
      this.x = x;
      this.y = y;
      this.ops = ops;
    }

    @Override
    public TrainingOps ops() {
      return ops;
    }

    @Override
    public void feed(float[] batch, long step, Feeds feeds) {
      feed(batch, step >= poisonedFrom, feeds);
    }

    private void feed(float[] batch, boolean poisoned, Feeds feeds) {
      float[] targets = new float[batch.length];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = poisoned ? Float.NaN : 3 * batch[i] - 1;
      }
      feeds
          .floats(x.fed(), Shape.of(batch.length), batch)
          .floats(y.fed(), Shape.of(batch.length), targets);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      try (Feeds feeds = new Feeds()) {
        feed(batch(-1), false, feeds);
        try (Result result = feeds.into(session.runner()).fetch(ops.loss()).run()) {
          double value = ((TFloat32) result.get(0)).getFloat();
          return new Evaluation(step, Map.of("loss", value), "loss");
        }
      }
    }
  }
}
