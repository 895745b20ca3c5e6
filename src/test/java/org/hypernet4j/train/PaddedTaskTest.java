// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.device.ComputeDevices;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.SequenceMask;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Sequences of different lengths, padded with NaN, however their steps are run. The right values
 * are those of one step after the other; {@code unroll.PaddingTest} holds these against sequences
 * without padding.
 */
class PaddedTaskTest {
  private static final int STEPS = 6;
  private static final LearningRateSchedule RATE = LearningRateSchedule.constant(0.05);

  /** Two halves with as many steps each: the mean over replicas is then that of the batch. */
  private static final int[] LENGTHS = {4, 1, 2, 3};

  private static final class Padded implements TrainingTask<float[]> {
    private final int[] lengths;

    Padded(int... lengths) {
      this.lengths = lengths;
    }

    @Override
    public BuiltTask<float[]> build(ParameterStore store, StepInputs inputs) {
      StepInputs.Input<TFloat32> xs = inputs.examples("xs", TFloat32.class, Shape.of(-1, -1, 3), 1);
      StepInputs.Input<TInt32> ends = inputs.examples("lengths", TInt32.class, Shape.of(-1), 0);
      LstmCell cell = new LstmCell(store.root().child("cell"), LstmCell.Settings.of(3, 3));
      Ops tf = store.root().child("model").tf();
      Operand<TFloat32> series = xs.seen();
      Operand<TInt32> batch = tf.gather(tf.shape(series), tf.constant(1), tf.constant(0));
      Operand<TFloat32> outputs =
          Scan.run(
                  tf,
                  cell,
                  series,
                  cell.zeroState(tf, batch),
                  ScanOptions.training().withLengths(ends.seen()))
              .outputs();
      SequenceMask mask = SequenceMask.of(tf, "loss", ends.seen(), series);
      Operand<TFloat32> errors =
          tf.math.sub(mask.only(tf, outputs), mask.only(tf, series)); // NaN must not get in
      Operand<TFloat32> loss = mask.mean(tf, tf.math.mean(tf.math.square(errors), tf.constant(2)));
      TrainingOps ops = new TrainingOps(loss, Map.of("twice", tf.math.add(loss, loss)), List.of());
      return new Built(xs, ends, lengths, ops);
    }

    @Override
    public long stepsPerEpoch() {
      return STEPS;
    }

    @Override
    public float[] batch(long step) {
      StatelessRandom random = StatelessRandom.of(3).fold(step);
      float[] values = new float[4 * LENGTHS.length * 3];
      for (int i = 0; i < values.length; i++) {
        int time = i / (LENGTHS.length * 3);
        boolean padding = time >= LENGTHS[i / 3 % LENGTHS.length];
        values[i] = padding ? Float.NaN : (float) (random.uniform(i) - 0.5);
      }
      return values;
    }

    @Override
    public int examples(float[] batch) {
      return LENGTHS.length;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Built(
      StepInputs.Input<TFloat32> xs,
      StepInputs.Input<TInt32> ends,
      int[] lengths,
      TrainingTask.TrainingOps ops)
      implements BuiltTask<float[]> {
    @Override
    public void feed(float[] batch, long step, Feeds feeds) {
      feeds
          .floats(xs.fed(), Shape.of(4, LENGTHS.length, 3), batch)
          .ints(ends.fed(), Shape.of(lengths.length), lengths);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, Map.of("none", 0.0), "none");
    }
  }

  /** Losses of all steps and the weights at the end. */
  private static float[] train(SessionOptions session, StepOptions steps, int... lengths) {
    List<Float> numbers = new ArrayList<>();
    try (TrainingGraph<float[]> graph =
        new TrainingGraph<>(
            new Padded(lengths),
            5L,
            (store, rate) -> new Adam(store, rate, GradientClip.globalNorm(1)),
            session,
            steps)) {
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              numbers.add(step.loss());
              numbers.add(step.gradientNorm());
            }
          };
      new Trainer<>(graph, new Trainer.Settings(STEPS, STEPS, RATE, 2)).fit(List.of(listener));
      for (float weight : ParameterValues.read(graph.session(), graph.store().get("cell/W_h"))) {
        numbers.add(weight);
      }
    }
    float[] all = new float[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = numbers.get(i);
    }
    return all;
  }

  private static final SessionOptions ONE = new SessionOptions(1, true);

  @Test
  void everyWayOfRunningGivesTheSame() {
    float[] right = train(ONE, StepOptions.single(), LENGTHS);
    assertThat(right).hasSize(2 * STEPS + 36);
    assertThat(right[0]).isBetween(0.01f, 1f);
    assertThat(right[2 * STEPS - 2]).isLessThan(right[0]);
    SessionOptions two =
        new SessionOptions(1, true, false, ComputeDevices.parse(List.of("CPU:0", "CPU:1"), false));
    List<float[]> others =
        List.of(
            train(ONE, new StepOptions(4, false), LENGTHS),
            train(ONE, new StepOptions(4, true), LENGTHS),
            train(two, StepOptions.single(), LENGTHS),
            train(two, new StepOptions(3, false), LENGTHS));
    for (float[] other : others) {
      assertThat(other).containsExactly(right, within(2e-5f));
    }
  }

  @Test
  void lengthsOfAnotherBatchAreRefusedInALoopOfSteps() {
    assertThatThrownBy(() -> train(ONE, new StepOptions(4, false), 2))
        .hasMessageContaining("scan: lengths: wrong first sizes")
        .hasMessageContaining("[4] [received] [[1]]");
    assertThatThrownBy(() -> train(ONE, StepOptions.single(), 2))
        .hasMessageContaining("scan: lengths: wrong first sizes");
  }
}
