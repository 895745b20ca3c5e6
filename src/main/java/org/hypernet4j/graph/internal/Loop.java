// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * Builds a loop as TensorFlow 2 writes it: one {@code StatelessWhile} op whose condition and body
 * are functions of the graph's library. Its variables may be lists of tensors, which {@code
 * ConcreteFunction} does not allow, and gradients may reach it, whereas with {@code
 * Graph.whileLoop} that crashes the JVM.
 *
 * <pre>{@code
 * try (Loop loop = new Loop(tf, "count")) {
 *   Output<TInt32> i = loop.variable(tf.constant(0));
 *   loop.next(i, loop.body().math.add(i, loop.body().constant(1)));
 *   Output<?> ten = loop.build((ops, at) -> ops.math.less(at.apply(i), ops.constant(10))).of(i);
 * }
 * }</pre>
 */
public final class Loop implements AutoCloseable {
  private final Ops tf;
  private final String name;
  private final String functions;
  private final boolean updates;
  private final Graph bodyGraph;
  private final Ops body;
  private final List<Output<?>> outside = new ArrayList<>();
  private final List<Output<?>> inside = new ArrayList<>();
  private final Map<Output<?>, Integer> known = new HashMap<>();
  private final Map<Integer, Operand<?>> next = new HashMap<>();

  /**
   * Begins a loop.
   *
   * @param tf ops of the graph that will contain the loop
   * @param name name of the op
   */
  public Loop(Ops tf, String name) {
    this(tf, name, false);
  }

  /** Begins a loop whose body changes parameters: {@code While}, whose iterations never overlap. */
  public static Loop ofUpdates(Ops tf, String name) {
    return new Loop(tf, name, true);
  }

  private Loop(Ops tf, String name, boolean updates) {
    this.tf = tf;
    this.name = name;
    this.updates = updates;
    this.bodyGraph = GraphState.inside((Graph) tf.scope().env());
    this.body = Ops.create(bodyGraph);
    this.functions = tf.scope().makeOpName(name + "_function").replace("/", "__");
  }

  /** Prefix of the names of its functions, unique to this loop. */
  public String functions() {
    return functions;
  }

  /** The ops of the body's graph. */
  public Ops body() {
    return body;
  }

  /**
   * Adds a variable.
   *
   * @param first its value before the first iteration; sizes that are unknown here are unknown
   *     inside
   * @return its value at the start of an iteration, in the body
   */
  public <T extends TType> Output<T> variable(Operand<T> first) {
    return add(first.asOutput());
  }

  /** Makes a tensor from outside visible in the body. */
  public <T extends TType> Output<T> invariant(Operand<T> tensor) {
    Integer index = known.get(tensor.asOutput());
    if (index == null) {
      index = outside.size();
      known.put(tensor.asOutput(), index);
      add(tensor.asOutput());
    }
    return cast(inside.get(index));
  }

  @SuppressWarnings("unchecked")
  private static <T extends TType> Output<T> cast(Output<?> output) {
    return (Output<T>) output;
  }

  private <T extends TType> Output<T> add(Output<T> value) {
    Output<?> argument = GraphFunction.argument(body, outside.size(), value);
    outside.add(value);
    inside.add(argument);
    return cast(argument);
  }

  /** Sets a variable's value for the next iteration. Variables not set keep their value. */
  public void next(Output<?> variable, Operand<?> value) {
    next.put(inside.indexOf(variable), value);
  }

  /**
   * Builds the loop.
   *
   * @param condition builds the scalar that is true while there is another iteration; the function
   *     maps a variable of the body to its value in the condition
   */
  public Results build(BiFunction<Ops, Function<Output<?>, Output<?>>, Operand<TBool>> condition) {
    Graph graph = (Graph) tf.scope().env();
    OperationBuilder builder = tf.scope().opBuilder(updates ? "While" : "StatelessWhile", name);
    AttrValue conditionFunction = condition(graph, functions + "_cond", condition);
    List<Operand<?>> results = new ArrayList<>();
    for (int i = 0; i < inside.size(); i++) {
      results.add(next.getOrDefault(i, inside.get(i)));
    }
    AttrValue bodyFunction =
        GraphFunction.define(graph, functions + "_body", bodyGraph, inside, results);
    Operation loop =
        builder
            .addInputList(outside.toArray(new Output<?>[0]))
            .setAttr("T", outside.stream().map(Output::dataType).toArray(DataType[]::new))
            .setAttr("output_shapes", outside.stream().map(Output::shape).toArray(Shape[]::new))
            .setAttr("cond", conditionFunction)
            .setAttr("body", bodyFunction)
            .setAttr("parallel_iterations", updates ? 1L : 10L)
            .setAttr(GraphFunction.LOWERED, true)
            .build();
    return new Results(loop, List.copyOf(inside));
  }

  private AttrValue condition(
      Graph graph,
      String functionName,
      BiFunction<Ops, Function<Output<?>, Output<?>>, Operand<TBool>> build) {
    try (Graph conditionGraph = new Graph()) {
      Ops ops = Ops.create(conditionGraph);
      List<Output<?>> arguments = new ArrayList<>();
      for (int i = 0; i < outside.size(); i++) {
        arguments.add(GraphFunction.argument(ops, i, outside.get(i)));
      }
      Operand<TBool> result = build.apply(ops, variable -> arguments.get(inside.indexOf(variable)));
      return GraphFunction.define(graph, functionName, conditionGraph, arguments, List.of(result));
    }
  }

  /** Closes the body's graph; the loop itself remains. */
  @Override
  public void close() {
    GraphState.close(bodyGraph);
  }

  /**
   * The variables after the last iteration.
   *
   * @param loop the op
   * @param inside the variables in the body
   */
  public record Results(Operation loop, List<Output<?>> inside) {
    /** The last value of a variable. */
    public <T extends TType> Output<T> of(Output<T> variable) {
      return cast(loop.output(inside.indexOf(variable)));
    }
  }

  /** Casts a loop variable or invariant that is known to be an int32. */
  @SuppressWarnings("unchecked")
  public static Operand<TInt32> number(Output<?> output) {
    return (Operand<TInt32>) (Operand<? extends TType>) output;
  }

  /** Casts a loop variable that is known to be boolean. */
  @SuppressWarnings("unchecked")
  public static Operand<TBool> flags(Output<?> output) {
    return (Operand<TBool>) (Operand<? extends TType>) output;
  }
}
