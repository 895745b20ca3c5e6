// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Recognises inputs {@code [batch, time, size]} where {@code [time, batch, size]} is expected. */
final class TimeMajor {
  private TimeMajor() {}

  /**
   * Refuses inputs that fit the initial state only if their first two axes are exchanged. Without
   * this check the error would blame the state.
   *
   * @param xs {@code [time, batch, size]}
   * @param state the parts of the initial state, {@code [batch, size]}
   */
  static void require(String where, Operand<TFloat32> xs, List<Operand<TFloat32>> state) {
    Shape shape = xs.shape();
    if (shape.isUnknown() || shape.numDimensions() != 3) {
      return; // another check reports this
    }
    long time = shape.get(0);
    long batch = shape.get(1);
    for (Operand<TFloat32> part : state) {
      Shape rows = part.shape();
      if (rows.isUnknown() || rows.numDimensions() != 2) {
        return;
      }
      long given = rows.get(0);
      if (given < 0 || batch < 0 || given == batch || given != time) {
        return;
      }
    }
    if (!state.isEmpty()) {
      throw UserError.in(where)
          .what("the inputs look batch-major: the initial state has a row for each of their axis 0")
          .expected("[time, batch, features]")
          .received(
              "xs "
                  + Shapes.describe(shape.asArray())
                  + " with an initial state of "
                  + time
                  + " rows")
          .next("transpose xs: tf.linalg.transpose(xs, tf.constant(new int[] {1, 0, 2}))")
          .build();
    }
  }
}
