// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

class ParameterStoreTest {
  private static void model(ParameterStore store) {
    ParameterScope conv = store.root().child("conv1");
    conv.regularisedParameter("kernel", Shape.of(2, 3), Initializers.normal(0, 1), Role.KERNEL);
    conv.parameter("bias", Shape.of(3), Initializers.constant(0.5f), Role.BIAS);
    store
        .root()
        .child("generator/output")
        .parameter("W", Shape.of(4, 5), Initializers.normal(0, 1), Role.GENERATOR);
    store.root().parameter("z", Shape.of(7), Initializers.ones(), Role.EMBEDDING);
    store
        .root()
        .child("conv1")
        .fixedParameter("mean", Shape.scalar(), Initializers.zeros(), Role.NORMALISATION);
    store
        .root()
        .child("optimizer/adam/conv1/kernel")
        .fixedParameter("m", Shape.of(2, 3), Initializers.zeros(), Role.SLOT);
  }

  @Test
  void listsParametersByWhatTheyAreFor() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      assertThat(g.store.all())
          .extracting(Parameter::toString)
          .containsExactly(
              "conv1/kernel [2, 3]",
              "conv1/bias [3]",
              "generator/output/W [4, 5]",
              "z [7]",
              "conv1/mean []",
              "optimizer/adam/conv1/kernel/m [2, 3]");
      assertThat(g.store.model()).hasSize(5).noneMatch(p -> p.role() == Role.SLOT);
      assertThat(g.store.trainables())
          .extracting(Parameter::name)
          .containsExactly("conv1/kernel", "conv1/bias", "generator/output/W", "z");
      assertThat(g.store.regularised()).extracting(Parameter::name).containsExactly("conv1/kernel");
      assertThat(ParameterStore.count(g.store.all())).isEqualTo(6 + 3 + 20 + 7 + 1 + 6);
      assertThat(g.store.countByRole())
          .isEqualTo(
              Map.of(
                  Role.KERNEL, 6L,
                  Role.BIAS, 3L,
                  Role.GENERATOR, 20L,
                  Role.EMBEDDING, 7L,
                  Role.NORMALISATION, 1L));
      assertThat(g.store.countByScope()).isEqualTo(Map.of("conv1", 10L, "generator", 20L, "z", 7L));
    }
  }

  /** Checkpoints, exports and Python find these nodes by name. */
  @Test
  void variablesHaveTheNamesOfTensorFlow() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      assertThat(g.graph.operation("generator/output/W").type()).isEqualTo("VarHandleOp");
      assertThat(g.graph.operation("generator/output/W/Read/ReadVariableOp")).isNotNull();
      assertThat(g.graph.operation("generator/output/W/Assign")).isNotNull();
    }
  }

  @Test
  void aScopeIsHandedOutAgain() {
    try (TestGraph g = new TestGraph()) {
      ParameterScope a = g.store.root().child("a");
      ParameterScope b = a.child("b");
      assertThat(g.store.root().child("a")).isSameAs(a);
      assertThat(g.store.root().child("a/b")).isSameAs(b);
      assertThat(b.path()).isEqualTo("a/b");
      assertThat(g.store.root().child("a/b").tf().constant(1f).op().name()).isEqualTo("a/b/Const");
      assertThat(b.tf().constant(1f).op().name()).isEqualTo("a/b/Const_1");
      assertThat(b.value("w", Shape.of(2), Initializers.zeros(), Role.KERNEL).op().name())
          .isEqualTo("a/b/w/Read/ReadVariableOp");
      assertThat(b.store()).isSameAs(g.store);
    }
  }

  /** A parameter and a scope of one name, in either order, keep their names. */
  @Test
  void aScopeMayHaveTheNameOfAParameter() {
    try (TestGraph g = new TestGraph()) {
      g.parameter("a", 2);
      g.store.root().child("a").parameter("w", Shape.of(2), Initializers.ones(), Role.KERNEL);
      g.store.root().child("b").parameter("w", Shape.of(2), Initializers.ones(), Role.KERNEL);
      g.parameter("b", 2);
      g.store.root().child("b").parameter("v", Shape.of(2), Initializers.ones(), Role.KERNEL);
      g.store.initialize(g.session);
      assertThat(ParameterValues.read(g.session, g.store.all()).keySet())
          .containsExactly("a", "a/w", "b/w", "b", "b/v");
    }
  }

  @Test
  void aNameIsGivenOnce() {
    try (TestGraph g = new TestGraph()) {
      g.parameter("w", 2);
      assertThatThrownBy(() -> g.parameter("w", 3))
          .isInstanceOf(UserError.class)
          .hasMessage("w: the name is taken. Give every layer a scope of its own.");
      g.tf.withName("op").constant(1f);
      assertThatThrownBy(() -> g.parameter("op", 3)).isInstanceOf(UserError.class);
      ParameterStore second = new ParameterStore(g.graph, 1);
      assertThatThrownBy(
              () -> second.root().parameter("w", Shape.of(2), Initializers.ones(), Role.KERNEL))
          .isInstanceOf(UserError.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "_a", "-a", "a:0", "é", "a\n", "a/", "w_99999999999"})
  void aBadNameIsAnError(String name) {
    try (TestGraph g = new TestGraph()) {
      int before = g.operations();
      assertThatThrownBy(() -> g.parameter(name, 2))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("not a valid name");
      assertThatThrownBy(() -> g.store.root().child(name))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("not a valid name");
      assertThat(g.operations()).isEqualTo(before);
    }
  }

  @Test
  void aBadShapeIsAnError() {
    try (TestGraph g = new TestGraph()) {
      for (Shape shape :
          new Shape[] {
            Shape.of(2, 0), Shape.of(-1, 2), Shape.unknown(), Shape.of(1L << 20, 1L << 11)
          }) {
        assertThatThrownBy(
                () -> g.store.root().parameter("w", shape, Initializers.zeros(), Role.KERNEL))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("w: a parameter cannot have this shape");
      }
      assertThatThrownBy(
              () ->
                  g.store
                      .root()
                      .parameter(
                          "w",
                          Shape.of(2),
                          (tf, shape, seed) -> tf.constant(new float[3]),
                          Role.KERNEL))
          .isInstanceOf(UserError.class)
          .hasMessage("w: initial value has the wrong shape; expected [2], received [3].");
    }
  }

  @Test
  void anUnknownNameIsAnErrorWithTheNearestOne() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      assertThat(g.store.get("z").size()).isEqualTo(7);
      assertThatThrownBy(() -> g.store.get("conv1/Kernal"))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "parameter 'conv1/Kernal': the model has no parameter of this name; received 6"
                  + " others. Did you mean 'conv1/kernel'?");
    }
    try (TestGraph empty = new TestGraph()) {
      assertThatThrownBy(() -> empty.store.get("w"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Build the model with this store first");
      assertThatThrownBy(() -> empty.store.initialize(empty.session))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anInferenceStoreHoldsZerosAndNoRandomOps() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = ParameterStore.forInference(graph);
      model(store);
      graph
          .operations()
          .forEachRemaining(op -> assertThat(op.type()).doesNotContainIgnoringCase("random"));
      store.initialize(session);
      ParameterValues.read(session, store.all())
          .values()
          .forEach(value -> assertThat(value).containsOnly(0f));
    }
  }

  @Test
  void valuesComeBackAsTheyWereAssigned() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      g.store.initialize(g.session);
      float[] kernel = {1, -2, 3.5f, Float.MIN_VALUE, -0f, Float.NaN};
      float[] bias = ParameterValues.read(g.session, g.store.get("conv1/bias"));
      assertThat(bias).containsOnly(0.5f);
      ParameterValues.assign(
          g.session, g.store, Map.of("conv1/kernel", kernel, "conv1/mean", new float[] {9}));
      kernel[0] = 77;
      Map<String, float[]> read = ParameterValues.read(g.session, g.store.all());
      assertThat(read.get("conv1/kernel"))
          .containsExactly(1, -2, 3.5f, Float.MIN_VALUE, -0f, Float.NaN);
      assertThat(read.get("conv1/mean")).containsExactly(9);
      assertThat(read.get("conv1/bias")).isEqualTo(bias);
      assertThat(ParameterValues.read(g.session, List.of())).isEmpty();
    }
  }

  @Test
  void aWrongNameOrLengthTouchesNothing() {
    try (TestGraph g = new TestGraph()) {
      model(g.store);
      g.store.initialize(g.session);
      Map<String, float[]> before = ParameterValues.read(g.session, g.store.all());
      assertThatThrownBy(
              () ->
                  ParameterValues.assign(
                      g.session, g.store, Map.of("z", new float[7], "conv1/bias", new float[4])))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "conv1/bias: the value has the wrong number of entries; expected 3 for [3], received"
                  + " 4.");
      assertThatThrownBy(
              () ->
                  ParameterValues.assign(
                      g.session, g.store, Map.of("z", new float[7], "conv1/bia", new float[3])))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("Did you mean 'conv1/bias'?");
      assertThat(ParameterValues.read(g.session, g.store.all()))
          .usingRecursiveComparison()
          .isEqualTo(before);
    }
  }

  @Test
  void aSessionOfAnotherGraphIsRefused() {
    try (TestGraph g = new TestGraph();
        TestGraph other = new TestGraph()) {
      Parameter w = g.parameter("w", 2);
      other.parameter("w", 2);
      String message =
          "parameters: the session runs another graph; expected a session of the graph that holds"
              + " the parameters, received a session of another graph. Open it with new"
              + " Session(store.graph()).";
      assertThatThrownBy(() -> g.store.initialize(other.session))
          .isInstanceOf(UserError.class)
          .hasMessage(message);
      assertThatThrownBy(() -> ParameterValues.read(other.session, w)).hasMessage(message);
      assertThatThrownBy(
              () -> ParameterValues.assign(other.session, g.store, Map.of("w", new float[2])))
          .hasMessage(message);
    }
  }
}
