// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.hypernet4j.fixtures.LineTask;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What {@link LeakTest} runs in a JVM of its own: training and prediction with inputs of 100 KB,
 * and the growth of the process in each, printed in KiB.
 */
final class LeakMain {
  static final String LEAK = "leak";
  private static final int POINTS = 25_600; // 100 KB of float32
  private static final int WARM_UP = 200;
  private static final int STEPS = 1000;

  private LeakMain() {}

  public static void main(String[] args) throws IOException {
    LargeBatches task = new LargeBatches(args.length > 0 && args[0].equals(LEAK));
    try (TrainingGraph<float[]> graph =
        new TrainingGraph<>(
            task,
            5L,
            (store, rate) -> new Adam(store, rate, GradientClip.none()),
            new SessionOptions(1, true))) {
      long[] warm = {0};
      TrainingListener atWarmUp =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              if (step.step() == WARM_UP) {
                warm[0] = residentKib();
              }
            }
          };
      new Trainer<>(
              graph,
              new Trainer.Settings(WARM_UP + STEPS, 400, LearningRateSchedule.constant(0.1), 2))
          .fit(List.of(atWarmUp));
      System.out.println("training " + (residentKib() - warm[0]));

      Ops tf = graph.store().root().child("prediction").tf();
      Operand<TFloat32> x = graph.graph().operationOrThrow("training/x").<TFloat32>output(0);
      Operand<TFloat32> prediction =
          tf.math.add(
              tf.math.mul(x, graph.store().get("line/slope").value()),
              graph.store().get("line/offset").value());
      predict(graph.session(), x, prediction, WARM_UP);
      warm[0] = residentKib();
      predict(graph.session(), x, prediction, STEPS);
      System.out.println("prediction " + (residentKib() - warm[0]));
    }
  }

  private static void predict(
      Session session, Operand<TFloat32> x, Operand<TFloat32> prediction, int times) {
    float[] points = new float[POINTS];
    for (int i = 0; i < times; i++) {
      Arrays.fill(points, i);
      try (Feeds feeds = new Feeds()) {
        feeds.floats(x, Shape.of(POINTS), points);
        try (Result result = feeds.into(session.runner()).fetch(prediction).run()) {
          if (result.get(0).shape().size() != POINTS) {
            throw new IllegalStateException("no prediction");
          }
        }
      }
    }
  }

  private static long residentKib() {
    System.gc();
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@link LineTask} with many points; leaves one tensor a step open if it is told to. */
  private static final class LargeBatches implements TrainingTask<float[]> {
    private final LineTask line = new LineTask();
    private final boolean leak;
    private final List<Tensor> open = new ArrayList<>();

    LargeBatches(boolean leak) {
      this.leak = leak;
    }

    @Override
    public BuiltTask<float[]> build(ParameterStore store, StepInputs inputs) {
      return new Built(line.build(store, inputs));
    }

    @Override
    public long stepsPerEpoch() {
      return line.stepsPerEpoch();
    }

    @Override
    public float[] batch(long step) {
      float[] eight = line.batch(step);
      float[] points = new float[POINTS];
      for (int i = 0; i < POINTS; i++) {
        points[i] = eight[i % eight.length];
      }
      return points;
    }

    @Override
    public int examples(float[] batch) {
      return batch.length;
    }

    private final class Built implements BuiltTask<float[]> {
      private final BuiltTask<float[]> eight;

      Built(BuiltTask<float[]> eight) {
        this.eight = eight;
      }

      @Override
      public TrainingOps ops() {
        return eight.ops();
      }

      @Override
      public void feed(float[] batch, long step, Feeds feeds) {
        eight.feed(batch, step, feeds);
        if (leak) {
          open.add(TFloat32.tensorOf(Shape.of(POINTS), DataBuffers.of(batch, true, false)));
        }
      }

      @Override
      public Evaluation evaluate(Session session, long step) {
        return eight.evaluate(session, step);
      }
    }
  }
}
