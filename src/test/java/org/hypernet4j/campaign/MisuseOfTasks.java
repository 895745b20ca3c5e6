// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.train.BuiltTask;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.StepOptions;
import org.hypernet4j.train.StepResult;
import org.hypernet4j.train.Trainer;
import org.hypernet4j.train.TrainingGraph;
import org.hypernet4j.train.TrainingListener;
import org.hypernet4j.train.TrainingState;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.SampleLoop;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** Tasks, trainers and models of the zoo in odd ways. */
final class MisuseOfTasks {
  private static final StepOptions THREE = new StepOptions(3, false);

  private MisuseOfTasks() {}

  /** Fits a number; a subclass does one thing wrong. */
  @SuppressWarnings("UnusedVariable") // what a subclass may take
  private static class Task implements TrainingTask<float[]> {
    @Override
    public BuiltTask<float[]> build(ParameterStore store, StepInputs inputs) {
      Ops tf = store.root().tf();
      Parameter p = store.root().parameter("p", Shape.scalar(), Initializers.ones(), Role.KERNEL);
      StepInputs.Input<TFloat32> in = inputs.examples("x", TFloat32.class, Shape.of(-1), 0);
      Operand<TFloat32> loss =
          tf.math.mean(tf.math.square(tf.math.sub(in.seen(), p.value())), tf.constant(0));
      return new Built(this, in, ops(tf, p, loss));
    }

    TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
      return new TrainingOps(loss, Map.of(), List.of());
    }

    @Override
    public long stepsPerEpoch() {
      return 3;
    }

    @Override
    public float[] batch(long step) {
      return new float[] {1, 2};
    }

    @Override
    public int examples(float[] batch) {
      return batch.length;
    }

    void feed(Placeholder<TFloat32> x, float[] batch, Feeds feeds) {
      feeds.floats(x, Shape.of(batch.length), batch);
    }

    double loss() {
      return 1;
    }
  }

  private record Built(Task task, StepInputs.Input<TFloat32> x, TrainingTask.TrainingOps ops)
      implements BuiltTask<float[]> {
    @Override
    public void feed(float[] batch, long step, Feeds feeds) {
      task.feed(x.fed(), batch, feeds);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, Map.of("loss", task.loss()), "loss");
    }
  }

  private static TrainingGraph<float[]> graph(Task task, StepOptions steps) {
    return new TrainingGraph<>(
        task,
        1,
        (store, rate) -> new Adam(store, rate, GradientClip.none()),
        new SessionOptions(1, true),
        steps);
  }

  private static Trainer.Settings settings() {
    return new Trainer.Settings(6, 3, LearningRateSchedule.constant(0.1), 2);
  }

  private static void fit(Task task, TrainingListener... listeners) {
    for (StepOptions steps : new StepOptions[] {THREE, StepOptions.single()}) {
      try (TrainingGraph<float[]> graph = graph(task, steps)) {
        new Trainer<>(graph, settings()).fit(Arrays.asList(listeners));
      }
    }
  }

  @SuppressWarnings("NullAway") // on purpose
  private static void fitNull() {
    try (TrainingGraph<float[]> graph = graph(new Task(), THREE)) {
      new Trainer<>(graph, settings()).fit(Collections.singletonList(null));
    }
  }

  static void training(Map<String, MisuseCases.Case> c) {
    c.put("task-right", w -> fit(new Task()));
    c.put("fit-null-listener", w -> fitNull());
    c.put(
        "task-feeds-matrix",
        w ->
            fit(
                new Task() {
                  @Override
                  void feed(Placeholder<TFloat32> x, float[] batch, Feeds feeds) {
                    feeds.floats(x, Shape.of(1, 2), batch);
                  }
                }));
    c.put(
        "task-feeds-nothing",
        w ->
            fit(
                new Task() {
                  @Override
                  void feed(Placeholder<TFloat32> x, float[] batch, Feeds feeds) {}
                }));
    c.put(
        "task-feeds-foreign",
        w ->
            fit(
                new Task() {
                  @Override
                  void feed(Placeholder<TFloat32> x, float[] batch, Feeds feeds) {
                    feeds.floats(w.input(-1), Shape.of(2), batch);
                  }
                }));
    c.put(
        "task-batches-differ",
        w ->
            fit(
                new Task() {
                  @Override
                  public float[] batch(long step) {
                    return new float[(int) step + 1];
                  }
                }));
    c.put(
        "task-batch-null",
        w ->
            fit(
                new Task() {
                  @Override
                  public float[] batch(long step) {
                    throw new IllegalStateException("no more data");
                  }
                }));
    c.put("metric-named-loss", w -> fit(metric("loss", Shape.scalar())));
    c.put("metric-odd-name", w -> fit(metric("a b/\n", Shape.scalar())));
    c.put("metric-vector", w -> fit(metric("v", Shape.of(2))));
    c.put(
        "metric-foreign",
        w ->
            fit(
                new Task() {
                  @Override
                  TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
                    return new TrainingOps(loss, Map.of("m", w.rate), List.of());
                  }
                }));
    c.put(
        "loss-vector",
        w ->
            fit(
                new Task() {
                  @Override
                  TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
                    return new TrainingOps(tf.stack(List.of(loss, loss)), Map.of(), List.of());
                  }
                }));
    c.put(
        "update-of-trainable",
        w ->
            fit(
                new Task() {
                  @Override
                  TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
                    return new TrainingOps(loss, Map.of(), List.of(new NextValue(p, loss)));
                  }
                }));
    c.put(
        "update-wrong-shape",
        w ->
            fit(
                new Task() {
                  @Override
                  TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
                    return new TrainingOps(
                        loss, Map.of(), List.of(new NextValue(p, tf.constant(new float[2]))));
                  }
                }));
    c.put("close-in-fit", w -> closing(true));
    c.put("fit-after-close", w -> closing(false));
    c.put(
        "two-trainers-one-graph",
        w -> {
          try (TrainingGraph<float[]> graph = graph(new Task(), THREE)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
              threads.add(new Thread(() -> new Trainer<>(graph, settings()).fit(List.of())));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
              thread.join();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    c.put(
        "fit-twice",
        w -> {
          try (TrainingGraph<float[]> graph = graph(new Task(), THREE)) {
            Trainer<float[]> trainer = new Trainer<>(graph, settings());
            trainer.fit(List.of());
            trainer.fit(List.of());
          }
        });
    c.put("steps-many", w -> new StepOptions(-1, false));
    c.put(
        "evaluation-nan",
        w ->
            fit(
                new Task() {
                  @Override
                  double loss() {
                    return Double.NaN;
                  }
                }));
  }

  private static Task metric(String name, Shape shape) {
    return new Task() {
      @Override
      TrainingOps ops(Ops tf, Parameter p, Operand<TFloat32> loss) {
        Operand<TFloat32> metric = tf.fill(tf.constant(shape.asArray()), tf.constant(7f));
        return new TrainingOps(loss, Map.of(name, metric), List.of());
      }
    };
  }

  private static void closing(boolean inside) {
    TrainingGraph<float[]> graph = graph(new Task(), THREE);
    if (!inside) {
      graph.close();
    }
    new Trainer<>(graph, settings())
        .fit(
            List.of(
                new TrainingListener() {
                  @Override
                  public void onStep(TrainingState run, StepResult step) {
                    if (step.settled()) {
                      graph.close();
                    }
                  }
                }));
  }

  private static LanguageModel model(MisuseWorld w) {
    CellSpec cell = new CellSpec.Lstm(3, false, 0.001, true, 1, CellSpec.Initializer.ORTHOGONAL);
    return SpecModels.languageModel(
        w.store.root().child("m"), new LanguageModelSpec(5, cell, 1, new KeepSpec(1, 1, 1, 1, 1)));
  }

  private static Placeholder<TInt32> ids(MisuseWorld w, long... shape) {
    return w.tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(shape)));
  }

  static void zoo(Map<String, MisuseCases.Case> c) {
    c.put(
        "model-foreign-ids",
        w -> {
          LanguageModel m = model(w);
          Operand<TInt32> ids = w.other.root().tf().constant(new int[2][2]);
          m.logits(w.tf, ids, m.zeroState(w.tf, w.tf.constant(2)), null, null);
        });
    c.put(
        "model-ids-outside",
        w -> {
          LanguageModel m = model(w);
          w.run(
              m.step(w.tf, w.tf.constant(new int[] {99, -7}), m.zeroState(w.tf, w.tf.constant(2)))
                  .logits(),
              new Feeds());
        });
    c.put(
        "model-step-one-state",
        w -> {
          LanguageModel m = model(w);
          Placeholder<TInt32> ids = ids(w, -1);
          Operand<TFloat32> logits =
              m.step(w.tf, ids, m.zeroState(w.tf, w.tf.constant(1))).logits();
          w.run(logits, new Feeds().ints(ids, Shape.of(3), 1, 2, 3));
        });
    c.put(
        "model-step-empty",
        w -> {
          LanguageModel m = model(w);
          Placeholder<TInt32> ids = ids(w, -1);
          Operand<TFloat32> logits =
              m.step(w.tf, ids, m.zeroState(w.tf, w.tf.constant(0))).logits();
          w.run(logits, new Feeds().ints(ids, Shape.of(0)));
        });
    c.put("model-state-none", w -> model(w).step(w.tf, ids(w, -1), List.of()));
    c.put(
        "model-loss-transposed",
        w -> model(w).loss(w.tf, w.zeros(4, 3, 5), w.tf.constant(new int[3][4]), null));
    c.put(
        "model-loss-ids-outside",
        w ->
            w.run(
                model(w).loss(w.tf, w.zeros(1, 2, 5), w.tf.constant(new int[][] {{99, -7}}), null),
                new Feeds()));
    c.put(
        "model-trace-empty",
        w -> {
          LanguageModel m = model(w);
          Placeholder<TInt32> ids = ids(w, -1);
          Operand<TFloat32> logits =
              m.trace(w.tf, ids, m.zeroState(w.tf, w.tf.constant(1))).logits();
          w.run(logits, new Feeds().ints(ids, Shape.of(0)));
        });
    c.put("sample-negative", w -> sample(w, -3, -3, Float.NaN, -3));
    c.put("sample-many", w -> sample(w, 9, 20, Float.POSITIVE_INFINITY, Integer.MAX_VALUE));
    c.put("sample-cold", w -> sample(w, 1, 2, Float.MIN_VALUE, 1));
  }

  private static void sample(MisuseWorld w, int length, int count, float temperature, int topK) {
    Ops tf = w.tf;
    SampleLoop.Request request =
        new SampleLoop.Request(
            tf.constant(new int[][] {{1, 2}, {99, -7}}),
            tf.constant(new int[] {length, length}),
            tf.constant(new int[] {count, count}),
            tf.constant(new float[] {temperature, -temperature}),
            tf.constant(new int[] {topK, topK}),
            tf.constant(new long[] {Long.MIN_VALUE, -1}));
    Operand<TInt32> ids = SampleLoop.build(tf, model(w), 5, 99, request);
    w.run(tf.dtypes.cast(ids, TInt64.class), new Feeds());
  }
}
