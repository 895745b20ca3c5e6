// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import org.hypernet4j.graph.internal.Loop;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** A series that a loop writes, one tensor per iteration. */
record SavedSeries(TensorSeries series, Output<? extends TType> variable) {
  /**
   * Writes a tensor in every iteration.
   *
   * @param series outside the loop, before the first iteration
   * @param at position, in the body
   * @param value in the body
   */
  static SavedSeries in(
      Loop loop, TensorSeries series, Operand<TInt32> at, Operand<TFloat32> value) {
    Output<? extends TType> variable = loop.variable(series.list());
    loop.next(variable, series.as(variable).set(loop.body(), at, value));
    return new SavedSeries(series, variable);
  }

  /** The series after the last iteration. */
  TensorSeries after(Loop.Results results) {
    return series.as(results.of(variable));
  }
}
