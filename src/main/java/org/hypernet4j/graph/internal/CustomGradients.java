// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.types.TFloat32;

/**
 * Adds {@link CustomGradient}s to graphs. Each becomes an IdentityN op whose inputs are the piece's
 * inputs and its value: TensorFlow treats it like any other op, adds up the gradients that arrive
 * at it, and asks for the op's gradient, which is the piece's.
 */
public final class CustomGradients {
  /** A derivative and the values that it reads. */
  record Piece(CustomGradient derivative, List<Operand<TFloat32>> results) {}

  private CustomGradients() {}

  /** Whether they can be used: gradients cannot be registered on every platform. */
  public static boolean available() {
    return GradientRegistry.hasGradient(IdentityN.OP_NAME);
  }

  /**
   * Adds a piece.
   *
   * @param results results of {@link CustomGradient#forward}, computed here or elsewhere: no
   *     derivative enters the ops that produced them
   * @return the value, whose derivative leads to the piece's inputs
   */
  public static Operand<TFloat32> attach(
      Ops tf, CustomGradient derivative, List<Operand<TFloat32>> results) {
    List<Operand<?>> carried = new ArrayList<>(derivative.inputs());
    carried.add(tf.stopGradient(results.get(0)));
    IdentityN op = tf.identityN(carried);
    GraphState.of(op.op())
        .pieces()
        .put(op.op().name(), new Piece(derivative, List.copyOf(results)));
    return op.output().get(carried.size() - 1).expect(TFloat32.class);
  }

  /**
   * The gradient of an op made by {@link #attach}, or null for any other.
   *
   * @param byOutputs an output is closed where no gradient arrives
   */
  static @Nullable List<Operand<?>> gradient(Ops tf, GraphOperation op, List<Output<?>> byOutputs) {
    GraphState state = GraphState.find(op.env());
    Piece piece = state == null ? null : state.pieces().get(op.name());
    if (piece == null) {
      return null;
    }
    Output<TFloat32> byValue = byOutputs.get(byOutputs.size() - 1).expect(TFloat32.class);
    List<Operand<?>> gradients = new ArrayList<>();
    for (Operand<TFloat32> one : piece.derivative().backward(tf, piece.results(), byValue)) {
      gradients.add(one == null ? tf.zerosLike(op.input(gradients.size())) : one);
    }
    // The value's own input leads into a StopGradient: anything of its shape will do there.
    gradients.add(byValue);
    return gradients;
  }
}
