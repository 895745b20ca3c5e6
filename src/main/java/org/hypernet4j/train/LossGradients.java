// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.optim.ParameterOptimizer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of losses, which do not depend on each other.
 *
 * @param parts losses with parameters of their own
 * @param whole a loss for all parameters in place of parts, or null
 */
record LossGradients(List<Part> parts, @Nullable Operand<TFloat32> whole) implements StepGradients {
  LossGradients {
    parts = List.copyOf(parts);
  }

  @Override
  public Map<Parameter, Operand<TFloat32>> gradients(
      ParameterStore store, ParameterOptimizer optimizer) {
    if (whole != null) {
      return optimizer.gradients(whole);
    }
    Map<Parameter, Operand<TFloat32>> all = new LinkedHashMap<>();
    for (Part part : parts) {
      List<Parameter> trained = part.parameters().stream().filter(p -> !p.frozen()).toList();
      if (trained.isEmpty()) {
        continue;
      }
      for (Parameter parameter : trained) {
        if (all.containsKey(parameter)) {
          throw UserError.in(parameter.name())
              .what("two losses of a step train it")
              .expected("separate losses for separate parameters")
              .next("add the losses up and train it with the sum")
              .build();
        }
      }
      all.putAll(optimizer.gradients(part.loss(), trained));
    }
    return all;
  }

  @Override
  public boolean averagesOverShares() {
    return true;
  }
}
