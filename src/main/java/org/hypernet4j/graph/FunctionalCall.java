// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.SameGraph;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Puts tensors in the place of parameters while a part of the graph is built. */
final class FunctionalCall {
  private FunctionalCall() {}

  /** The tensor that stands for a parameter, and the one of a call around that it hides. */
  static final class Substitute {
    private final Operand<TFloat32> value;
    private final @Nullable Substitute around;
    private boolean read;

    Substitute(Operand<TFloat32> value, @Nullable Substitute around) {
      this.value = value;
      this.around = around;
    }

    Operand<TFloat32> read() {
      for (Substitute each = this; each != null; each = each.around) {
        each.read = true; // what hides a tensor for a while is no reason to call it unused
      }
      return value;
    }

    @Nullable Substitute around() {
      return around;
    }

    boolean wasRead() {
      return read;
    }
  }

  /** See {@link ParameterStore#withValues}. */
  static <T> T run(
      ParameterStore store, Map<Parameter, ? extends Operand<TFloat32>> values, Supplier<T> build) {
    Map<Parameter, Operand<TFloat32>> given = new LinkedHashMap<>(values);
    given.forEach((parameter, value) -> require(store, parameter, value));
    given.forEach(Parameter::hide);
    boolean complete = false;
    T result;
    List<String> unread = new ArrayList<>();
    try {
      result = build.get();
      complete = true;
    } finally {
      for (Parameter parameter : given.keySet()) {
        if (!parameter.show() && complete) {
          unread.add(parameter.name());
        }
      }
    }
    if (!unread.isEmpty()) {
      throw UserError.in("functional call")
          .what("nothing that it builds reads " + String.join(", ", unread))
          .expected("reads through Parameter.value() while the call is built")
          .received("none")
          .next(
              "give the layer the Parameter: one that keeps the value from its constructor would"
                  + " compute with the variable; or leave the parameter out of the call")
          .build();
    }
    return result;
  }

  private static void require(ParameterStore store, Parameter parameter, Operand<TFloat32> value) {
    if (!store.holds(parameter) || parameter.role() == Role.SLOT) {
      throw UserError.in("functional call")
          .what("a value is for something that is not a parameter of the model")
          .expected("parameters of this store, without state of the training")
          .received(parameter.name())
          .build();
    }
    SameGraph.require(parameter.name(), store.graph(), "the value for a functional call", value);
    Shapes.require(
        parameter.name(), "the value for a functional call", value, parameter.shape().asArray());
  }
}
