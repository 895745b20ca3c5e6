// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import java.util.function.Function;
import org.hypernet4j.graph.Parameter;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that every step reads and no step changes: a parameter, something made from parameters,
 * or a tensor that belongs to the examples. A loop has it once, before the first step.
 */
public final class Weight {
  private final @Nullable Object owner;
  private final String scope;
  private final String name;
  private final Function<Ops, Operand<TFloat32>> make;

  private Weight(
      @Nullable Object owner, String scope, String name, Function<Ops, Operand<TFloat32>> make) {
    this.owner = owner;
    this.scope = scope;
    this.name = name;
    this.make = make;
  }

  /** A parameter as it is. */
  public static Weight of(Parameter parameter) {
    return madeOf(parameter, parameter.name(), tf -> parameter.value());
  }

  /**
   * A tensor computed from parameters. It is built at the first read; later reads of the same name
   * with the same {@code make}, or one from the same line of code, return that tensor. The layers
   * of a stack do not share weights. A cell of your own around several cells passes each of them
   * {@link CellValues#below}.
   *
   * @param name unique in the cell
   * @param make builds the tensor, in the graph of the parameters, from {@link Parameter#value} or
   *     from other weights, which it reads from the same {@link CellValues}
   */
  public static Weight made(String name, Function<Ops, Operand<TFloat32>> make) {
    return new Weight(null, "", name, make);
  }

  /**
   * A tensor of the graph around a loop, as it is: what belongs to the examples and not to a step,
   * such as an encoded sentence {@code [batch, S, D]}, a vector for each example {@code [batch, Z]}
   * or a mask. It may have any shape, and a batch of its own in axis 0. A step reads it with {@link
   * CellValues#of(Weight)}: it is invariant in the loop, a scan has the derivative by it, and
   * wrapped cells of any depth read the same tensor. Where no derivative is needed, {@code
   * tf.stopGradient} of what was read spares the sum of it over the steps.
   *
   * <p>An op that broadcasts repeats a tensor of one row for a whole batch: check the sizes that
   * are known. A scan's lengths are those of the sequences; padding within this tensor is yours to
   * replace.
   *
   * @param name for messages
   * @param tensor of the graph in which a scan, an unroll or a step of the cell is built
   */
  public static Weight bound(String name, Operand<TFloat32> tensor) {
    return new Weight(tensor.asOutput(), "", name, tf -> tensor);
  }

  /**
   * A tensor that belongs to something: one for each owner and name, whichever cell reads it.
   *
   * @param owner a parameter that the tensor is computed from, alone or with others that always go
   *     with it
   */
  static Weight madeOf(Object owner, String name, Function<Ops, Operand<TFloat32>> make) {
    return new Weight(owner, "", name, make);
  }

  /**
   * A block of a parameter matrix.
   *
   * @param axis 0 to take rows, 1 to take columns
   * @param from the first
   * @param to one past the last
   */
  static Weight block(Parameter matrix, int axis, int from, int to) {
    int[] begin = {0, 0};
    int[] size = {(int) matrix.shape().get(0), (int) matrix.shape().get(1)};
    begin[axis] = from;
    size[axis] = to - from;
    String range = from + ":" + to;
    return madeOf(
        matrix,
        matrix.name() + (axis == 0 ? "[" + range + "]" : "[:, " + range + "]"),
        tf -> tf.slice(matrix.value(), tf.constant(begin), tf.constant(size)));
  }

  /** The name, for messages. */
  public String name() {
    return name;
  }

  /** What it is, for messages. */
  String role() {
    return owner instanceof Output ? "tensor" : "parameter";
  }

  /** The same weight as a cell below a scope reads it; one with an owner is the same everywhere. */
  Weight below(String outer) {
    return owner != null ? this : new Weight(null, outer + "/" + scope, name, make);
  }

  /** What {@link CellValues} keeps this weight by: equal for weights that are one tensor. */
  List<Object> key() {
    // two cells may give one name to different weights: their makers then differ in class
    return owner != null ? List.of(owner, name) : List.of(scope, make.getClass(), name);
  }

  /** Builds the tensor in the graph of the parameters. */
  Operand<TFloat32> make(Ops tf) {
    return make.apply(tf);
  }

  @Override
  public String toString() {
    return name;
  }
}
