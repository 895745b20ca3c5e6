// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.train.StepGradients;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The example of docs/training.md: a step of two phases. */
public final class LookAhead {
  private LookAhead() {}

  // example begins
  /**
   * The gradient of the loss, plus that of another term where a step of the loss alone would lead.
   *
   * @param term builds a scalar from the values that the parameters have when it is called
   */
  public static StepGradients of(Operand<TFloat32> loss, Supplier<Operand<TFloat32>> term) {
    return (store, optimizer) -> {
      Ops tf = store.root().child("look_ahead").tf();
      Map<Parameter, Operand<TFloat32>> sum = new LinkedHashMap<>(optimizer.gradients(loss));

      // what the optimizer would add to the parameters; it does nothing yet
      Map<Parameter, Operand<TFloat32>> ahead = new LinkedHashMap<>();
      optimizer
          .change(sum)
          .forEach((parameter, add) -> ahead.put(parameter, tf.math.add(parameter.value(), add)));

      Operand<TFloat32> there = store.withValues(ahead, term);
      optimizer
          .gradients(there)
          .forEach((parameter, gradient) -> sum.merge(parameter, gradient, tf.math::add));
      return sum; // the optimizer now takes one step with these
    };
  }
  // example ends
}
