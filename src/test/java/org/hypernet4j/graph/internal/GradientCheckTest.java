// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.hypernet4j.error.UserError;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.junit.jupiter.api.Test;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ResourceGather;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What cannot be differentiated is named before native code is entered, and adds no op. */
class GradientCheckTest {
  private static AbstractStringAssert<?> refusal(
      TestGraph g, Operand<TFloat32> loss, Parameter... parameters) {
    return refusal(g, () -> Gradients.of(loss, List.of(parameters)));
  }

  private static AbstractStringAssert<?> refusal(TestGraph g, Runnable gradients) {
    int before = g.operations();
    UserError error = catchThrowableOfType(UserError.class, gradients::run);
    assertThat(error).isNotNull();
    assertThat(g.operations()).as("ops in the graph").isEqualTo(before);
    return assertThat(error.getMessage());
  }

  @Test
  void aParameterThatDoesNotReachTheLossIsNamed() {
    try (TestGraph g = new TestGraph()) {
      Parameter used = g.parameter("used", 2);
      Parameter lost = g.parameter("lost", 2);
      Parameter forgotten = g.parameter("forgotten", 2);
      refusal(g, g.sum(used.value()), used, lost, forgotten)
          .isEqualTo(
              "gradient of ReduceSum: the loss does not depend on parameter lost, parameter forgotten."
                  + " Use these parameters in the model, or make them fixed parameters.");
    }
  }

  @Test
  void aParameterOfAnotherGraphIsNamed() {
    try (TestGraph g = new TestGraph();
        TestGraph other = new TestGraph()) {
      Parameter used = g.parameter("used", 2);
      refusal(g, g.sum(used.value()), other.parameter("foreign", 2))
          .contains("the loss does not depend on parameter foreign");
    }
  }

  @Test
  void aParameterBehindStopGradientOrIntegersIsNamed() {
    try (TestGraph g = new TestGraph()) {
      Parameter used = g.parameter("used", 2);
      Parameter stopped = g.parameter("stopped", 2);
      Parameter rounded = g.parameter("rounded", 2);
      Operand<TFloat32> integers =
          g.tf.dtypes.cast(g.tf.dtypes.cast(rounded.value(), TInt32.class), TFloat32.class);
      Operand<TFloat32> loss =
          g.sum(
              g.tf.math.add(
                  used.value(), g.tf.math.mul(g.tf.stopGradient(stopped.value()), integers)));
      refusal(g, loss, used, stopped, rounded)
          .contains("no gradient reaches parameter stopped, parameter rounded.")
          .contains("cut by stopGradient or by an integer op");
    }
  }

  /** Registered in TensorFlow as having none: no obstacle, and found out only afterwards. */
  @Test
  void aParameterBehindAZeroDerivativeIsNamed() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 2);
      Operand<TFloat32> loss = g.sum(g.tf.zerosLike(p.value()));
      UserError error = catchThrowableOfType(UserError.class, () -> Gradients.of(loss, List.of(p)));
      assertThat(error.getMessage()).contains("no gradient reaches parameter p");
    }
  }

  @Test
  void everyOpWithoutGradientIsNamedWithItsScopeAndASuggestion() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 4);
      Operand<TFloat32> top = g.op("TopKV2", "head/TopK", p.value(), g.tf.constant(2)).output(0);
      Operand<TFloat32> norm =
          g.op("EuclideanNorm", "head/norm", p.value(), g.tf.constant(new int[] {0})).output(0);
      Operand<TFloat32> angle = g.op("BesselK0e", "angle", p.value()).output(0);
      Operand<TFloat32> loss = g.tf.math.add(g.sum(top), g.tf.math.add(norm, g.sum(angle)));
      refusal(g, loss, p)
          .startsWith("gradient of Add_1: cannot be formed: ")
          .contains("'head/TopK' (TopKV2) has no gradient: take the gradient through tf.gather")
          .contains("'head/norm' (EuclideanNorm) has no gradient: use tf.math.sqrt")
          .contains("(BesselK0e) has no gradient: add one with GradientRegistry.register");
    }
  }

  @Test
  void referenceVariablesAreRefusedWhereTheyCanCrash() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 2);
      Variable<TFloat32> v = g.tf.withName("old").variable(Shape.of(2), TFloat32.class);
      Operand<TFloat32> squares = g.sum(g.tf.math.square(v));
      refusal(g, () -> Gradients.byTensors(squares, List.of(v.asOutput())))
          .contains("'old' is a reference variable");
      refusal(g, g.sum(g.tf.math.mul(p.value(), v)), p).contains("'old' is a reference variable");
      Operand<TFloat32> read = g.tf.identity(v);
      assertThat(Gradients.byTensors(g.sum(g.tf.math.mul(p.value(), read)), List.of(read)))
          .hasSize(1);
    }
  }

  @Test
  void whileLoopsAreRefused() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p");
      Output<?>[] end =
          g.graph.whileLoop(
              new Output<?>[] {p.value().asOutput()},
              (graph, inputs, outputs) -> {
                Ops body = Ops.create(graph);
                outputs[0] =
                    body.math.less(inputs[0].expect(TFloat32.class), body.constant(10f)).asOutput();
              },
              (graph, inputs, outputs) -> {
                Ops body = Ops.create(graph);
                outputs[0] =
                    body.math.add(inputs[0].expect(TFloat32.class), body.constant(1f)).asOutput();
              },
              "loop");
      refusal(g, end[0].expect(TFloat32.class), p)
          .contains("'loop/")
          .contains("is part of a while loop, whose gradient crashes the JVM");
    }
  }

  @Test
  void callsOfGraphFunctionsAreRefused() {
    try (TestGraph g = new TestGraph();
        ConcreteFunction square =
            ConcreteFunction.create(
                tf -> {
                  Placeholder<TFloat32> x = tf.placeholder(TFloat32.class);
                  return Signature.builder("square")
                      .input("x", x)
                      .output("y", tf.math.square(x))
                      .build();
                })) {
      Parameter p = g.parameter("p");
      @SuppressWarnings("unchecked")
      Operand<TFloat32> y = (Operand<TFloat32>) square.call(g.tf, p.value());
      refusal(g, g.sum(y), p).contains("calls a graph function");
    }
  }

  @Test
  void gathersWithBatchDimensionsAreRefused() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 2, 3);
      Operand<TFloat32> rows =
          g.tf.resourceGather(
              p.handle(),
              g.tf.constant(new int[][] {{1}, {2}}),
              TFloat32.class,
              ResourceGather.batchDims(1L));
      refusal(g, g.sum(rows), p).contains("has batch dimensions: use tf.gather of the value");
    }
  }

  @Test
  void aLossThatIsNoScalarAndAnEmptyListAreRefused() {
    try (TestGraph g = new TestGraph()) {
      Parameter p = g.parameter("p", 2);
      refusal(g, p.value(), p)
          .isEqualTo(
              "gradient of p/Read/ReadVariableOp: the loss has the wrong shape; expected [],"
                  + " received [2].");
      refusal(g, g.sum(p.value())).contains("there is nothing to differentiate by");
    }
  }
}
