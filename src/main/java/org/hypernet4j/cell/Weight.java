// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.function.Function;
import org.hypernet4j.graph.Parameter;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A tensor that every step reads and no step changes: a parameter, or something made from
 * parameters. A loop builds it once, before the first step.
 */
public final class Weight {
  private final String name;
  private final Function<Ops, Operand<TFloat32>> make;

  private Weight(String name, Function<Ops, Operand<TFloat32>> make) {
    this.name = name;
    this.make = make;
  }

  /** A parameter as it is. */
  public static Weight of(Parameter parameter) {
    return new Weight(parameter.name(), tf -> parameter.value());
  }

  /**
   * A tensor computed from parameters.
   *
   * @param name unique in the cell: weights of the same name count as one
   * @param make builds the tensor, in the graph of the parameters
   */
  public static Weight made(String name, Function<Ops, Operand<TFloat32>> make) {
    return new Weight(name, make);
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
    return made(
        matrix.name() + (axis == 0 ? "[" + range + "]" : "[:, " + range + "]"),
        tf -> tf.slice(matrix.value(), tf.constant(begin), tf.constant(size)));
  }

  /** The name under which {@link CellValues} keeps this weight. */
  public String name() {
    return name;
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
