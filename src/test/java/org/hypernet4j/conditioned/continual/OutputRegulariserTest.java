// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.TaskEmbeddings;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.LearningRateSchedule;
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
import org.hypernet4j.zoo.MlpNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.losses.SparseCategoricalCrossentropy;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Nine steps of three tasks, number by number, against NumPy float64: {@code
 * python-compat-tests/numpy_reference/continual.py} made the file, with gradients by complex steps.
 */
class OutputRegulariserTest {
  private static final Map<String, NpyArray> STORED =
      Npz.read(Path.of("src/test/resources/conditioned/continual.npz"));
  private static final int TASKS = 3;
  private static final int STEPS = 3;
  private static final int BATCH = 5;
  private static final int CLASSES = 2;
  private static final float BETA = 0.5f;

  private static double[] stored(String name) {
    return Objects.requireNonNull(STORED.get(name), name).doubles();
  }

  /** The step's number is the batch. */
  private record Small(boolean lookAhead) implements TrainingTask<Long> {
    @Override
    public BuiltTask<Long> build(ParameterStore store, StepInputs inputs) {
      return new Built(store, inputs, lookAhead);
    }

    @Override
    public long stepsPerEpoch() {
      return STEPS;
    }

    @Override
    public Long batch(long step) {
      return Math.min(step, TASKS * STEPS - 1L);
    }

    @Override
    public int examples(Long batch) {
      return BATCH;
    }
  }

  private static final class Built implements BuiltTask<Long> {
    private final StepInputs.Input<TFloat32> x;
    private final StepInputs.Input<TInt32> y;
    private final StepInputs.Input<TInt32> task;
    private final StepInputs.Input<TInt32> stepOfTask;
    private final TrainingTask.TrainingOps ops;

    Built(ParameterStore store, StepInputs inputs, boolean lookAhead) {
      Ops tf = store.root().child("step").tf();
      x = inputs.examples("x", TFloat32.class, Shape.of(BATCH, 3), 0);
      y = inputs.examples("y", TInt32.class, Shape.of(BATCH), 0);
      task = inputs.scalar("task", TInt32.class);
      stepOfTask = inputs.scalar("step_of_task", TInt32.class);
      MlpNetwork net = new MlpNetwork(3, List.of(4), TASKS * CLASSES);
      TaskEmbeddings tasks =
          new TaskEmbeddings(store.root().child("tasks"), TASKS, 1, 2, Initializers.normal(0f, 1f));
      Hypernetwork hypernetwork =
          new ChunkedKernels(12, 2, List.of(5), TargetVariance.KAIMING_IN)
              .conditioned(store.root(), net.weights(), 2);
      Condition present = Condition.task(tf, tasks, task.seen());
      Operand<TFloat32> outputs =
          net.apply(tf, Weights.of(hypernetwork.generate(tf, present)), x.seen());
      Operand<TInt32> own = tf.math.mul(task.seen(), tf.constant(CLASSES));
      Operand<TFloat32> logits =
          tf.slice(
              outputs,
              tf.stack(List.of(tf.constant(0), own)),
              tf.constant(new int[] {BATCH, CLASSES}));
      Operand<TFloat32> loss = new SparseCategoricalCrossentropy(true).call(tf, y.seen(), logits);
      Operand<TInt32> rows = tf.math.maximum(task.seen(), tf.constant(1));
      Operand<TInt32> earlier = tf.range(tf.constant(0), rows, tf.constant(1));
      Operand<TFloat32> weight =
          tf.math.div(
              tf.select(
                  tf.math.greater(task.seen(), tf.constant(0)), tf.constant(BETA), tf.constant(0f)),
              tf.dtypes.cast(rows, TFloat32.class));
      List<Parameter> kept =
          store.trainables().stream().filter(p -> p != tasks.parameter()).toList();
      OutputRegulariser regulariser =
          new OutputRegulariser(
              store,
              loss,
              hypernetwork,
              kept,
              Condition.task(tf, tasks, earlier),
              weight,
              tf.math.equal(stepOfTask.seen(), tf.constant(0)),
              lookAhead);
      ops = new TrainingTask.TrainingOps(loss, Map.of(), regulariser.updates(), regulariser);
    }

    @Override
    public TrainingTask.TrainingOps ops() {
      return ops;
    }

    @Override
    public void feed(Long batch, long step, Feeds feeds) {
      int number = batch.intValue();
      double[] all = stored("x");
      float[] own = new float[BATCH * 3];
      for (int i = 0; i < own.length; i++) {
        own[i] = (float) all[number * own.length + i];
      }
      int[] labels = Objects.requireNonNull(STORED.get("y")).ints();
      feeds
          .floats(x.fed(), Shape.of(BATCH, 3), own)
          .ints(
              y.fed(),
              Shape.of(BATCH),
              Arrays.copyOfRange(labels, number * BATCH, (number + 1) * BATCH))
          .ints(task.fed(), Shape.scalar(), number / STEPS)
          .ints(stepOfTask.fed(), Shape.scalar(), number % STEPS);
    }

    @Override
    public Evaluation evaluate(Session session, long step) {
      return new Evaluation(step, Map.of("left", (double) -step), "left");
    }
  }

  private static TrainingGraph<Long> graph(boolean lookAhead, int stepsPerCall) {
    TrainingGraph<Long> graph =
        new TrainingGraph<>(
            new Small(lookAhead),
            1L,
            (store, rate) -> new Adam(store, rate, GradientClip.none(), 0.9f, 0.999f, 1e-8f, STEPS),
            new SessionOptions(1, true),
            new StepOptions(stepsPerCall, false));
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : graph.store().all()) {
      NpyArray begin = STORED.get("begin:" + parameter.name());
      if (begin != null) {
        values.put(parameter.name(), begin.roundedFloats("begin"));
      }
    }
    assertThat(values).hasSize(6);
    graph
        .store()
        .all()
        .forEach(
            p ->
                values.computeIfAbsent(
                    p.name(),
                    name -> Objects.requireNonNull(read(graph, graph.store().get(name)))));
    ParameterValues.assign(graph.session(), graph.store(), values);
    return graph;
  }

  private static float[] read(TrainingGraph<Long> graph, Parameter parameter) {
    return Objects.requireNonNull(
        ParameterValues.read(graph.session(), List.of(parameter)).get(parameter.name()));
  }

  private static Trainer<Long> trainer(TrainingGraph<Long> graph) {
    return new Trainer<>(
        graph, new Trainer.Settings(TASKS * STEPS, 100, LearningRateSchedule.constant(0.05), 2));
  }

  @ParameterizedTest
  @CsvSource({"ahead, true, 1", "still, false, 1", "ahead, true, 4"})
  void everyParameterAfterEveryStepIsThatOfNumPy(String name, boolean lookAhead, int stepsPerCall) {
    try (TrainingGraph<Long> graph = graph(lookAhead, stepsPerCall)) {
      List<Parameter> trained = graph.store().trainables();
      List<Long> compared = new ArrayList<>();
      TrainingListener compare =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              if (step.settled()) {
                for (Parameter parameter : trained) {
                  String key = name + ":" + step.step() + ":" + parameter.name();
                  requireNear(key, read(graph, parameter), stored(key));
                }
                compared.add(step.step());
              }
            }
          };
      trainer(graph).fit(List.of(compare));
      assertThat(compared).hasSize(stepsPerCall == 1 ? 9 : 3).endsWith(9L);
      assertThat(trained).hasSize(6);
    }
  }

  private static void requireNear(String where, float[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as(where + " [" + i + "]")
          .isCloseTo(expected[i], within(1e-5));
    }
  }

  /** Theta* is what Theta was before the task, and embeddings of other tasks keep their bits. */
  @ParameterizedTest
  @CsvSource({"true", "false"})
  void keepsWhatWasBeforeTheTask(boolean lookAhead) {
    try (TrainingGraph<Long> graph = graph(lookAhead, 1)) {
      Parameter z = graph.store().get("tasks/z");
      Parameter theta = graph.store().get("generator/output/W");
      Parameter star = graph.store().get("regulariser/before/generator/output/W");
      List<float[]> thetas = new ArrayList<>(List.of(read(graph, theta)));
      List<float[]> embeddings = new ArrayList<>(List.of(read(graph, z)));
      TrainingListener compare =
          new TrainingListener() {
            @Override
            public void onStep(TrainingState run, StepResult step) {
              int task = ((int) step.step() - 1) / STEPS;
              assertThat(read(graph, star)).containsExactly(thetas.get(task * STEPS));
              float[] now = read(graph, z);
              float[] before = embeddings.get(embeddings.size() - 1);
              for (int i = 0; i < now.length; i++) {
                boolean own = i / 2 == task;
                assertThat(now[i] != before[i]).as("step %d, z %d", step.step(), i).isEqualTo(own);
              }
              thetas.add(read(graph, theta));
              embeddings.add(now);
            }
          };
      trainer(graph).fit(List.of(compare));
      assertThat(thetas).hasSize(10);
    }
  }
}
