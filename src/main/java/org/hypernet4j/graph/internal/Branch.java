// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Computes one of two alternatives: a {@code StatelessIf} op, as TensorFlow 2 writes it. The branch
 * that is not chosen costs nothing. It has no gradient.
 */
public final class Branch {
  private Branch() {}

  /**
   * Builds both branches.
   *
   * @param name of the op
   * @param condition a scalar
   * @param inputs tensors that the branches may use; they see no others
   * @param shape of the result
   * @param yes builds the branch for true from the inputs as seen inside the function
   * @param no builds the branch for false
   */
  public static Operand<TFloat32> of(
      Ops tf,
      String name,
      Operand<TBool> condition,
      List<? extends Operand<TFloat32>> inputs,
      Shape shape,
      BiFunction<Ops, List<Operand<TFloat32>>, Operand<TFloat32>> yes,
      BiFunction<Ops, List<Operand<TFloat32>>, Operand<TFloat32>> no) {
    String functions = tf.scope().makeOpName(name + "_function").replace("/", "__");
    Output<?>[] given = inputs.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    DataType[] types = inputs.stream().map(i -> DataType.DT_FLOAT).toArray(DataType[]::new);
    return tf.scope()
        .opBuilder("StatelessIf", name)
        .addInput(condition.asOutput())
        .addInputList(given)
        .setAttr("Tin", types)
        .setAttr("Tout", new DataType[] {DataType.DT_FLOAT})
        .setAttr("output_shapes", new Shape[] {shape})
        .setAttr("then_branch", function(tf, functions + "_yes", inputs, yes))
        .setAttr("else_branch", function(tf, functions + "_no", inputs, no))
        .setAttr(GraphFunction.LOWERED, true)
        .build()
        .output(0);
  }

  private static AttrValue function(
      Ops tf,
      String name,
      List<? extends Operand<TFloat32>> inputs,
      BiFunction<Ops, List<Operand<TFloat32>>, Operand<TFloat32>> build) {
    Graph around = (Graph) tf.scope().env();
    Graph body = GraphState.inside(around);
    try {
      Ops inside = Ops.create(body);
      List<Operand<TFloat32>> arguments = new ArrayList<>();
      for (Operand<TFloat32> input : inputs) {
        Output<?> argument = GraphFunction.argument(inside, arguments.size(), input.asOutput());
        arguments.add(argument.expect(TFloat32.class));
      }
      Operand<TFloat32> result = build.apply(inside, arguments);
      return GraphFunction.define(around, name, body, arguments, List.of(result));
    } finally {
      GraphState.close(body);
    }
  }
}
