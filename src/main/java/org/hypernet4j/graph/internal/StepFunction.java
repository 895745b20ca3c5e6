// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A piece of a graph that is either built in place or compiled by XLA as a function of its own. Its
 * inputs must pass through {@link #enter}, its results through {@link #leave}.
 */
public final class StepFunction implements AutoCloseable {
  private final Ops outside;
  private final String name;
  private final @Nullable Graph inner;
  private final Ops inside;
  private final List<Output<?>> given = new ArrayList<>();
  private final List<Output<?>> arguments = new ArrayList<>();

  private StepFunction(Ops outside, String name, @Nullable Graph inner) {
    this.name = name;
    this.outside = outside;
    this.inner = inner;
    this.inside = inner == null ? outside : Ops.create(inner);
  }

  /**
   * Begins a piece.
   *
   * @param outside ops of the graph that will use the results
   * @param name name of the function, unique in the graph that finally runs
   * @param compiled whether XLA compiles it when it first runs
   */
  public static StepFunction in(Ops outside, String name, boolean compiled) {
    Graph around = (Graph) outside.scope().env();
    return new StepFunction(outside, name, compiled ? GraphState.inside(around) : null);
  }

  /** The ops of the piece. */
  public Ops tf() {
    return inside;
  }

  /** Makes a tensor from outside visible in the piece. */
  @SuppressWarnings("unchecked")
  public <T extends TType> Output<T> enter(Operand<T> tensor) {
    if (inner == null) {
      return tensor.asOutput();
    }
    Output<?> argument = GraphFunction.argument(inside, arguments.size(), tensor.asOutput());
    given.add(tensor.asOutput());
    arguments.add(argument);
    return (Output<T>) argument;
  }

  /**
   * Ends the piece and returns its results as seen from outside, in the given order. Call it once.
   */
  public List<Operand<TFloat32>> leave(List<? extends Operand<TFloat32>> results) {
    if (inner == null) {
      return List.copyOf(results);
    }
    Graph graph = (Graph) outside.scope().env();
    List<Output<TFloat32>> wanted = results.stream().map(Operand::asOutput).distinct().toList();
    Operation call =
        outside
            .scope()
            .opBuilder("PartitionedCall", "Step")
            .addInputList(given.toArray(new Output<?>[0]))
            .setAttr("Tin", given.stream().map(Output::dataType).toArray(DataType[]::new))
            .setAttr("Tout", wanted.stream().map(Output::dataType).toArray(DataType[]::new))
            .setAttr("f", GraphFunction.define(graph, name, inner, arguments, wanted, true))
            .setAttr("_XlaMustCompile", true)
            .build();
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    for (Operand<TFloat32> result : results) {
      outputs.add(call.<TFloat32>output(wanted.indexOf(result.asOutput())));
    }
    return outputs;
  }

  /** Closes the function's own graph, if it has one; the op that calls the function remains. */
  @Override
  public void close() {
    if (inner != null) {
      GraphState.close(inner);
    }
  }
}
