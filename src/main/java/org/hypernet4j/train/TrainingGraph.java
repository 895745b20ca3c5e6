// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.LearningRateSchedule;
import org.hypernet4j.optim.ParameterOptimizer;
import org.hypernet4j.optim.TrainOp;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.StepStats;
import org.tensorflow.types.TFloat32;

/**
 * A task's graph with its optimizer, and the session in which it is trained.
 *
 * <p>Closing it closes session and graph.
 */
public final class TrainingGraph<B> implements AutoCloseable {
  private final TrainingTask<B> task;
  private final Graph graph;
  private final ParameterStore store;
  private final Session session;
  private final BuiltTask<B> built;
  private final StepCall call;

  /**
   * The ops that turn a loss into a training step.
   *
   * @param learningRate scalar
   * @param ops loss, metrics and updates of the whole batch
   * @param trainOp the optimizer's update and the gradient's norm
   * @param step runs the update and all other changes of the step
   */
  public record Nodes(
      Placeholder<TFloat32> learningRate, TrainingTask.TrainingOps ops, TrainOp trainOp, Op step) {
    /** The scalars that a step reports: loss, gradient norm, metrics in their order. */
    List<Operand<TFloat32>> numbers() {
      List<Operand<TFloat32>> numbers = new ArrayList<>(List.of(ops.loss(), trainOp.globalNorm()));
      numbers.addAll(ops.metrics().values());
      return numbers;
    }
  }

  /** Creates an optimizer for parameters, given the learning rate as a scalar tensor. */
  @FunctionalInterface
  public interface OptimizerFactory {
    /** Creates the optimizer; its slots are created when it is first used. */
    ParameterOptimizer create(ParameterStore store, Operand<TFloat32> learningRate);
  }

  /** Builds a graph that runs one step per call. */
  public TrainingGraph(
      TrainingTask<B> task, long seed, OptimizerFactory optimizer, SessionOptions options) {
    this(task, seed, optimizer, options, StepOptions.single());
  }

  /** Builds a graph that trains all parameters of the model. */
  public TrainingGraph(
      TrainingTask<B> task,
      long seed,
      OptimizerFactory optimizer,
      SessionOptions options,
      StepOptions steps) {
    this(task, seed, optimizer, options, steps, List.of());
  }

  /**
   * Builds the graph and opens the session; parameters have their initial values afterwards.
   *
   * @param seed the seed of the initial values
   * @param steps number of steps in one call of TensorFlow, and whether XLA compiles them
   * @param freeze parameters that training leaves alone, see {@link ParameterStore#freeze}
   */
  public TrainingGraph(
      TrainingTask<B> task,
      long seed,
      OptimizerFactory optimizer,
      SessionOptions options,
      StepOptions steps,
      List<String> freeze) {
    this.task = task;
    graph = new Graph();
    boolean complete = false;
    Session opened = null;
    try {
      store = new ParameterStore(graph, seed);
      store.freeze(freeze);
      StepInputs inputs = new StepInputs(store, options.replicas());
      built = task.build(store, inputs);
      Nodes nodes = define(store, inputs, built.ops(), optimizer, steps.compiled());
      boolean compiledWhole = steps.compiled() && inputs.replicas() == 1;
      call =
          steps.perCall() > 1 || compiledWhole
              ? new StepLoop(store, inputs, nodes, steps.perCall(), compiledWhole)
              : new SingleStep(nodes);
      opened = new Session(graph, options.toProto());
      session = opened;
      store.initialize(session);
      complete = true;
    } finally {
      if (!complete) {
        if (opened != null) {
          opened.close();
        }
        graph.close();
      }
    }
  }

  /**
   * Adds learning rate, gradients and optimizer to a task's graph.
   *
   * @param inputs those with which the task was built; they determine the number of replicas
   * @param ops those that the task has built
   * @throws UserError if a name that was to be frozen is none of the model's, or the ops include a
   *     next value for a parameter that is trained, no gradient for one that is to be, or phases
   *     that replicas cannot share
   */
  public static Nodes define(
      ParameterStore store,
      StepInputs inputs,
      TrainingTask.TrainingOps ops,
      OptimizerFactory optimizer) {
    return define(store, inputs, ops, optimizer, false);
  }

  private static Nodes define(
      ParameterStore store,
      StepInputs inputs,
      TrainingTask.TrainingOps ops,
      OptimizerFactory optimizer,
      boolean replicasCompiled) {
    store.requireFrozenFound();
    for (NextValue next : ops.updates()) {
      if (store.trainables().contains(next.parameter())) {
        throw UserError.in(next.parameter().name())
            .what("the optimizer changes this parameter, and the task does as well")
            .expected("next values of fixed parameters only")
            .build();
      }
    }
    Ops tf = store.root().child("training").tf();
    Placeholder<TFloat32> learningRate =
        tf.withName("learning_rate").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    ParameterOptimizer rule = optimizer.create(store, learningRate);
    if (inputs.replicas() > 1 && !ops.gradients().averagesOverShares()) {
      throw UserError.in("training with " + inputs.replicas() + " replicas")
          .what("the phases of this step need the whole batch")
          .expected("gradients that are means over shares of a batch")
          .received("a step of several phases")
          .next("train on one device")
          .build();
    }
    Map<Parameter, Operand<TFloat32>> gradients = ops.gradients().gradients(store, rule);
    requireAll(store, gradients);
    if (inputs.replicas() == 1) {
      return nodes(tf, learningRate, ops, rule.apply(gradients, List.of(ops.loss())));
    }
    Replicas.Together all = Replicas.call(store, inputs, ops, gradients, replicasCompiled);
    return nodes(tf, learningRate, all.ops(), rule.apply(all.gradients()));
  }

  /** A parameter without a gradient would silently stay as it is. */
  private static void requireAll(
      ParameterStore store, Map<Parameter, Operand<TFloat32>> gradients) {
    List<String> missing =
        store.trainables().stream()
            .filter(parameter -> !gradients.containsKey(parameter))
            .map(Parameter::name)
            .toList();
    if (!missing.isEmpty()) {
      throw UserError.in("training step")
          .what("no loss trains " + String.join(", ", missing))
          .expected("a gradient for each trainable parameter")
          .received(gradients.size() + " of " + store.trainables().size())
          .next("give them a loss, or freeze them")
          .build();
    }
  }

  private static Nodes nodes(
      Ops tf, Placeholder<TFloat32> rate, TrainingTask.TrainingOps ops, TrainOp trainOp) {
    List<Op> updates = new ArrayList<>();
    for (NextValue next : ops.updates()) {
      if (!next.parameter().frozen()) { // a moving average
        updates.add(next.parameter().assign(tf, next.value()));
      }
    }
    updates.add(trainOp.update());
    Op step = tf.withName("step").withControlDependencies(updates).noOp();
    return new Nodes(rate, ops, trainOp, step);
  }

  /** The parameters, optimizer slots included. */
  public ParameterStore store() {
    return store;
  }

  /** The session that holds their values. */
  public Session session() {
    return session;
  }

  /** The graph. */
  public Graph graph() {
    return graph;
  }

  /** The model and its data. */
  public TrainingTask<B> task() {
    return task;
  }

  /** The task as built in this graph, which feeds and evaluates it. */
  public BuiltTask<B> built() {
    return built;
  }

  /** Largest number of steps in one call of TensorFlow. */
  public int stepsPerCall() {
    return call.mostSteps();
  }

  /**
   * Trains for some steps, in one call of TensorFlow.
   *
   * @param batches one for each step, as many as {@link #stepsPerCall} at most
   * @param index steps done before the first of them
   * @param schedule the learning rates
   * @param startNanos time at which the trainer began with these steps, by {@link System#nanoTime},
   *     before their batches were awaited
   */
  List<StepResult> train(
      List<B> batches, long index, LearningRateSchedule schedule, long startNanos) {
    float[] rates = new float[batches.size()];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = (float) schedule.at(index + i);
    }
    List<Feeds> each = new ArrayList<>();
    try {
      for (int i = 0; i < rates.length; i++) {
        Feeds feeds = new Feeds();
        each.add(feeds);
        built.feed(batches.get(i), index + i, feeds);
      }
      List<float[]> numbers;
      long before;
      long after;
      try (Feeds feeds = call.feed(each, rates)) {
        Session.Runner runner = feeds.into(session.runner());
        call.fetch(runner);
        before = System.nanoTime();
        try (Result result = runner.run()) {
          after = System.nanoTime();
          numbers = call.decode(result);
        }
      }
      long stepNanos = (System.nanoTime() - startNanos) / rates.length;
      long callNanos = (after - before) / rates.length;
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < rates.length; i++) {
        results.add(
            new StepResult(
                index + i + 1,
                numbers.get(i)[0],
                numbers.get(i)[1],
                schedule.at(index + i),
                metrics(numbers.get(i)),
                task.examples(batches.get(i)),
                stepNanos,
                callNanos,
                i == rates.length - 1));
      }
      return results;
    } finally {
      each.forEach(Feeds::close);
    }
  }

  private Map<String, Float> metrics(float[] numbers) {
    Map<String, Float> metrics = new LinkedHashMap<>();
    int i = 2; // after the loss and the gradient norm
    for (String name : built.ops().metrics().keySet()) {
      metrics.put(name, numbers[i++]);
    }
    return metrics;
  }

  /**
   * Runs one step as {@link Trainer} does and reports which ops ran, where and for how long.
   *
   * @param index steps done before
   */
  public StepStats trace(B batch, long index, LearningRateSchedule schedule) {
    RunOptions traced =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Feeds one = new Feeds()) {
      built.feed(batch, index, one);
      try (Feeds feeds = call.feed(List.of(one), (float) schedule.at(index))) {
        Session.Runner runner = feeds.into(session.runner()).setOptions(traced);
        call.fetch(runner);
        try (Result result = runner.runAndFetchMetadata()) {
          return result.getMetadata().orElseThrow().getStepStats();
        }
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
