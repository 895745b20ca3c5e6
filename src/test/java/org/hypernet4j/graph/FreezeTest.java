// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.ndarray.Shape;

class FreezeTest {
  private static void model(ParameterStore store) {
    for (String layer : List.of("conv1", "conv10", "base/dense")) {
      ParameterScope scope = store.root().child(layer);
      scope.regularisedParameter("kernel", Shape.of(2), Initializers.ones(), Role.KERNEL);
      scope.parameter("bias", Shape.of(3), Initializers.ones(), Role.BIAS);
      scope.fixedParameter("mean", Shape.of(5), Initializers.ones(), Role.NORMALISATION);
    }
    store
        .root()
        .child("base/state")
        .fixedParameter("m", Shape.of(7), Initializers.zeros(), Role.SLOT);
  }

  private static List<String> names(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::name).toList();
  }

  /** A name is one parameter, a scope all below; conv10 is not below conv1, slots never freeze. */
  @Test
  void namesAndScopesAreNotTrained() {
    try (TestGraph g = new TestGraph()) {
      g.store.freeze(List.of("conv1"));
      g.store.freeze(List.of("conv10/kernel", "base"));
      model(g.store);
      g.store.requireFrozenFound();
      assertThat(names(g.store.frozen()))
          .containsExactly(
              "conv1/kernel",
              "conv1/bias",
              "conv1/mean",
              "conv10/kernel",
              "base/dense/kernel",
              "base/dense/bias",
              "base/dense/mean");
      assertThat(names(g.store.trainables())).containsExactly("conv10/bias");
      assertThat(g.store.regularised()).isEmpty();
      assertThat(g.store.model()).hasSize(9);
      assertThat(g.store.get("base/state/m").frozen()).isFalse();
      assertThat(g.store.get("conv10/mean").frozen()).isFalse();
      assertThat(ParameterStore.count(g.store.frozen())).isEqualTo(10 + 2 + 10);
    }
  }

  @Test
  void nothingIsFrozenUnlessAsked() {
    try (TestGraph g = new TestGraph()) {
      g.store.freeze(List.of());
      model(g.store);
      g.store.requireFrozenFound();
      g.store.freeze(List.of());
      assertThat(g.store.frozen()).isEmpty();
      assertThat(g.store.trainables()).hasSize(6);
      assertThat(g.store.regularised()).hasSize(3);
    }
  }

  @Test
  void aNameThatTheModelLacksIsAnErrorWithTheNearest() {
    try (TestGraph g = new TestGraph()) {
      g.store.freeze(List.of("conv10", "convl", "base/dens"));
      model(g.store);
      assertThatThrownBy(g.store::requireFrozenFound)
          .isInstanceOf(UserError.class)
          .hasMessage(
              "freeze: the model has no parameter and no scope of this name; expected a name such"
                  + " as 'conv1/kernel', or a scope such as 'conv1' with all below it, received"
                  + " 'convl', 'base/dens'. Did you mean 'conv1'?");
    }
    try (TestGraph g = new TestGraph()) {
      g.store.freeze(List.of("base/state")); // only state of the training
      model(g.store);
      assertThatThrownBy(g.store::requireFrozenFound).hasMessageContaining("received 'base/state'");
    }
    try (TestGraph g = new TestGraph()) {
      g.store.freeze(List.of("w"));
      assertThatThrownBy(g.store::requireFrozenFound)
          .hasMessageContaining("Build the model with this store first");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "conv1/", "/conv1", "a//b", "a b", "*"})
  void aNameThatNoParameterCanHaveIsAnError(String name) {
    try (TestGraph g = new TestGraph()) {
      assertThatThrownBy(() -> g.store.freeze(List.of(name)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("not a valid name");
      model(g.store);
      g.store.requireFrozenFound();
    }
  }

  @Test
  void freezingWhatIsBuiltIsAnError() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      assertThatThrownBy(() -> g.store.freeze(List.of("conv1")))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "freeze: it comes after parameters were made, which it would not reach; expected an"
                  + " empty store, received one with 10 parameters. Call it before the model is"
                  + " built.");
    }
  }
}
