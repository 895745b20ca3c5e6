// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.internal.GraphFunction;
import org.hypernet4j.graph.internal.Loop;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Several training steps in one call of TensorFlow, so that small steps need not wait for Java
 * between them. The step, its update included, becomes a function, and a loop of the graph calls it
 * with one batch after the other; the number of batches is known only when it runs.
 *
 * <p>The function holds the parameters themselves: variables of equal name are one variable. A step
 * cannot read before the previous one has written, because the loop starts no iteration before the
 * previous one has ended.
 */
final class StepLoop implements StepCall {
  private static final String FUNCTION = "training_step";

  private final int mostSteps;
  private final int numbers;
  private final Map<Operand<?>, Operand<?>> stacked = new LinkedHashMap<>();
  private final Placeholder<TFloat32> rates;
  private final Operand<TFloat32> results;

  /**
   * Adds the loop to a graph.
   *
   * @param inputs those of one step
   * @param step one step; its own ops are no longer run
   * @param mostSteps largest number of steps in one call
   * @param compiled whether XLA compiles the function
   */
  StepLoop(
      ParameterStore store,
      StepInputs inputs,
      TrainingGraph.Nodes step,
      int mostSteps,
      boolean compiled) {
    this.mostSteps = mostSteps;
    numbers = step.numbers().size();
    Ops tf = store.root().child("training/steps").tf();
    List<Operand<?>> arguments = new ArrayList<>(inputs.fed());
    arguments.add(step.learningRate());
    // XLA compiles no function that accesses variables other than through its last arguments
    List<Output<?>> variables =
        compiled ? store.all().stream().<Output<?>>map(Parameter::handle).toList() : List.of();
    arguments.addAll(variables);
    // After the step: once these numbers are computed, the parameters have changed.
    Operand<TFloat32> row = tf.withControlDependencies(List.of(step.step())).stack(step.numbers());
    AttrValue function =
        GraphFunction.define(
            store.graph(), FUNCTION, store.graph(), arguments, List.of(row), compiled);

    for (Placeholder<?> fed : inputs.fed()) {
      stacked.put(fed, stacked(tf, fed.asOutput()));
    }
    rates = stacked(tf, step.learningRate().asOutput());
    Operand<TInt32> count = tf.squeeze(tf.shape(rates));
    try (Loop loop = Loop.ofUpdates(tf, "Steps")) {
      Ops body = loop.body();
      Output<TInt32> turn = loop.variable(tf.constant(0));
      Output<TInt32> end = loop.invariant(count);
      Output<TFloat32> all =
          loop.variable(tf.fill(tf.stack(List.of(count, tf.constant(numbers))), tf.constant(0f)));
      List<Output<?>> given = new ArrayList<>();
      stacked.values().forEach(of -> given.add(item(loop, of, turn).asOutput()));
      given.add(item(loop, rates, turn).asOutput());
      variables.forEach(variable -> given.add(loop.invariant(variable)));
      Operand<TFloat32> done = call(body, function, compiled, given, Shape.of(numbers));
      Operand<TInt32> place = body.expandDims(turn, body.constant(0));
      loop.next(
          all,
          body.tensorScatterNdUpdate(
              all,
              body.expandDims(place, body.constant(0)),
              body.expandDims(done, body.constant(0))));
      loop.next(turn, body.math.add(turn, body.constant(1)));
      results =
          loop.build(
                  (ops, at) ->
                      ops.math.less(Loop.number(at.apply(turn)), Loop.number(at.apply(end))))
              .of(all);
    }
  }

  private static <T extends TType> Placeholder<T> stacked(Ops tf, Output<T> one) {
    String name = one.op().name();
    return tf.withName(name.substring(name.lastIndexOf('/') + 1))
        .placeholder(one.type(), Placeholder.shape(Shape.of(-1).append(one.shape())));
  }

  private static <T extends TType> Operand<T> item(
      Loop loop, Operand<T> stacked, Operand<TInt32> turn) {
    Ops body = loop.body();
    return body.gather(loop.invariant(stacked), turn, body.constant(0));
  }

  private static Operand<TFloat32> call(
      Ops body, AttrValue function, boolean compiled, List<Output<?>> given, Shape shape) {
    Operation call =
        body.scope()
            .opBuilder("StatefulPartitionedCall", "step")
            .addInputList(given.toArray(new Output<?>[0]))
            .setAttr("Tin", given.stream().map(Output::dataType).toArray(DataType[]::new))
            .setAttr("Tout", new DataType[] {DataType.DT_FLOAT})
            .setAttr("f", function)
            .setAttr("_XlaMustCompile", compiled)
            .build();
    return body.ensureShape(call.<TFloat32>output(0), shape);
  }

  @Override
  public int mostSteps() {
    return mostSteps;
  }

  @Override
  public Feeds feed(List<Feeds> steps, float... learningRates) {
    return Feeds.stacked(steps, stacked)
        .floats(rates, Shape.of(learningRates.length), learningRates);
  }

  /** Fetching the results, {@code [steps, numbers]}, runs the steps. */
  @Override
  public void fetch(Session.Runner runner) {
    runner.fetch(results);
  }

  @Override
  public List<float[]> decode(Result result) {
    TFloat32 all = (TFloat32) result.get(0);
    float[] flat = new float[Math.toIntExact(all.size())];
    all.asRawTensor().data().asFloats().read(flat);
    List<float[]> steps = new ArrayList<>();
    for (int from = 0; from < flat.length; from += numbers) {
      steps.add(Arrays.copyOfRange(flat, from, from + numbers));
    }
    return steps;
  }
}
