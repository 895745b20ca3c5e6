// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class ParameterOptimizerTest {
  private static final float[] X = {1, -2, 3};
  private static final float[] Y = {0.5f, 0, -1, 2};

  private static LinearModel adam() {
    return new LinearModel((store, rate) -> new Adam(store, rate, GradientClip.none()));
  }

  @Test
  void keepsItsStateInNamedSlotsOfTheStore() {
    try (LinearModel model = adam()) {
      List<Parameter> slots =
          model.store.all().stream().filter(p -> p.role() == Role.SLOT).toList();
      assertThat(slots)
          .extracting(Parameter::toString)
          .containsExactlyInAnyOrder(
              "optimizer/adam/net/a/m [3]",
              "optimizer/adam/net/a/v [3]",
              "optimizer/adam/net/b/m [2, 2]",
              "optimizer/adam/net/b/v [2, 2]",
              "optimizer/adam/beta1_power []",
              "optimizer/adam/beta2_power []");
      assertThat(slots).noneMatch(Parameter::trainable).noneMatch(Parameter::regularised);
      assertThat(model.store.model()).containsExactly(model.a, model.b, model.still);
      assertThat(model.store.trainables()).containsExactly(model.a, model.b);
      model.step(X, Y, 0.1f);
      assertThat(model.value("optimizer/adam/beta1_power")).containsExactly(0.9f * 0.9f);
      assertThat(model.value("optimizer/adam/beta2_power")).containsExactly(0.999f * 0.999f);
      assertThat(model.value("optimizer/adam/net/a/m")[2]).isCloseTo(0.3f, within(1e-6f));
    }
  }

  @Test
  void otherOptimizersNameTheirSlotsToo() {
    assertThat(slotsOf((s, r) -> new GradientDescent(s, r, GradientClip.none()))).isEmpty();
    assertThat(slotsOf((s, r) -> new Momentum(s, r, GradientClip.none(), 0.9f, true)))
        .containsExactly("optimizer/momentum/net/a/momentum", "optimizer/momentum/net/b/momentum");
    assertThat(slotsOf((s, r) -> new RmsProp(s, r, GradientClip.none())))
        .containsExactly(
            "optimizer/rmsprop/net/a/rms",
            "optimizer/rmsprop/net/a/momentum",
            "optimizer/rmsprop/net/b/rms",
            "optimizer/rmsprop/net/b/momentum");
  }

  private static List<String> slotsOf(
      BiFunction<ParameterStore, Operand<TFloat32>, ParameterOptimizer> o) {
    try (LinearModel model = new LinearModel(o)) {
      return model.store.all().stream()
          .filter(p -> p.role() == Role.SLOT)
          .map(Parameter::name)
          .toList();
    }
  }

  /** The gradient does not read the parameters here, so only the order of ops protects the loss. */
  @Test
  void lossAndGradientsOfAStepAreThoseBeforeTheUpdate() {
    try (LinearModel model =
        new LinearModel((s, r) -> new GradientDescent(s, r, GradientClip.none()))) {
      for (int i = 0; i < 50; i++) {
        float[] a = model.value("net/a");
        float[] b = model.value("net/b");
        double expected = 0;
        for (int k = 0; k < a.length; k++) {
          expected += a[k] * X[k];
        }
        for (int k = 0; k < b.length; k++) {
          expected += b[k] * Y[k];
        }
        assertThat((double) model.step(X, Y, 0.1f)[0]).isCloseTo(expected, within(1e-4));
      }
    }
  }

  @Test
  void globalNormIsThatOfAllGradientsBeforeClipping() {
    try (LinearModel model =
        new LinearModel((s, r) -> new GradientDescent(s, r, GradientClip.globalNorm(0.5f)))) {
      // 1 + 4 + 9 + 0.25 + 0 + 1 + 4 = 19.25
      assertThat((double) model.step(X, Y, 0f)[1]).isCloseTo(Math.sqrt(19.25), within(1e-6));
      assertThat(model.train.gradients().keySet()).containsExactly(model.a, model.b);
    }
  }

  @Test
  void theRateMayBeZeroOrChangeAtAnyStep() {
    try (LinearModel model =
        new LinearModel((s, r) -> new GradientDescent(s, r, GradientClip.none()))) {
      int ops = operations(model.graph);
      model.step(X, Y, 0f);
      assertThat(model.value("net/a")).containsExactly(LinearModel.A);
      model.step(X, Y, 0.25f);
      assertThat(model.value("net/a")).containsExactly(0.25f, -0.75f, 1.25f);
      model.step(X, Y, 1f);
      assertThat(model.value("net/a")).containsExactly(-0.75f, 1.25f, -1.75f);
      assertThat(operations(model.graph)).isEqualTo(ops);
    }
  }

  @Test
  void equalRunsGiveEqualBits() {
    assertThat(run(adam(), 0, 20)).usingRecursiveComparison().isEqualTo(run(adam(), 0, 20));
  }

  /** What a checkpoint does: all values by name into a graph of its own. */
  @Test
  void goesOnWithEqualBitsFromSavedState() {
    Map<String, float[]> half = run(adam(), 0, 10);
    LinearModel resumed = adam();
    ParameterValues.assign(resumed.session, resumed.store, half);
    assertThat(run(resumed, 10, 20)).usingRecursiveComparison().isEqualTo(run(adam(), 0, 20));
  }

  private static Map<String, float[]> run(LinearModel model, int from, int to) {
    try (model) {
      for (int t = from; t < to; t++) {
        float[] x = {(float) Math.sin(t), 1f / (t + 1), -0.3f};
        float[] y = {(float) Math.cos(t), 0.1f * t, 2, -1};
        model.step(x, y, 0.1f / (t + 1));
      }
      return model.state();
    }
  }

  @Test
  void worksInTwoSteps() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1);
      Parameter w = store.root().parameter("w", Shape.of(2), Initializers.ones(), Role.KERNEL);
      Ops tf = store.root().tf();
      Operand<TFloat32> loss = tf.reduceSum(tf.math.square(w.value()), tf.constant(new int[] {0}));
      ParameterOptimizer optimizer =
          new GradientDescent(store, tf.constant(0.25f), GradientClip.none());
      TrainOp train = optimizer.apply(optimizer.gradients(loss));
      store.initialize(session);
      session.runner().addTarget(train.update()).run().close();
      // w - 0.25 * 2 w
      assertThat(ParameterValues.read(session, w)).containsExactly(0.5f, 0.5f);
    }
  }

  /** Two losses in turn: slots are shared, the ops get names of their own. */
  @Test
  void minimizesSeveralLossesWithOneState() {
    try (LinearModel model = adamTwice()) {
      assertThat(model.store.all().stream().filter(p -> p.role() == Role.SLOT)).hasSize(6);
      model.step(X, Y, 0.1f);
    }
  }

  private static LinearModel adamTwice() {
    return new LinearModel(
        (store, rate) -> {
          Adam adam = new Adam(store, rate, GradientClip.none());
          Ops tf = store.root().tf();
          Operand<TFloat32> other =
              tf.math.add(
                  tf.nn.l2Loss(store.get("net/a").value()),
                  tf.nn.l2Loss(store.get("net/b").value()));
          assertThat(adam.minimize(other).op().name()).isEqualTo("adam-minimize");
          return adam;
        });
  }

  @Test
  void aSecondOptimizerOfTheSameKindIsAnError() {
    assertThatThrownBy(
            () -> {
              try (LinearModel model = adam()) {
                new Adam(model.store, model.rate, GradientClip.none()).minimize(model.loss);
              }
            })
        .isInstanceOf(UserError.class)
        .hasMessage(
            "optimizer/adam/net/a/m: another optimizer of this kind keeps its state here. Use"
                + " one optimizer for each parameter store.");
  }

  @Test
  void anEmptyListOfParametersIsAnError() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1);
      Ops tf = store.root().tf();
      ParameterOptimizer optimizer =
          new GradientDescent(store, tf.constant(1f), GradientClip.none());
      String message =
          "optimizer gradient_descent: there is nothing to train; expected at least one trainable"
              + " parameter in the store, received none. Build the model with this store before"
              + " the optimizer.";
      assertThatThrownBy(() -> optimizer.minimize(tf.constant(1f)))
          .isInstanceOf(UserError.class)
          .hasMessage(message);
      assertThatThrownBy(() -> optimizer.apply(Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessage(message);
    }
  }

  @Test
  void refusesWhatCannotBeTrained() {
    try (LinearModel model = adam();
        Graph other = new Graph()) {
      Ops tf = model.store.root().tf();
      assertThatThrownBy(
              () -> new Adam(model.store, Ops.create(other).constant(1f), GradientClip.none()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another graph");
      assertThatThrownBy(
              () -> new Adam(model.store, tf.constant(new float[] {1, 2}), GradientClip.none()))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "optimizer adam: the learning rate has the wrong shape; expected [], received [2].");
      ParameterOptimizer optimizer =
          new GradientDescent(model.store, model.rate, GradientClip.none());
      assertThatThrownBy(() -> optimizer.minimize(tf.dtypes.cast(model.loss, TFloat64.class)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the loss has the wrong type")
          .hasMessageContaining("DT_DOUBLE");
      assertThatThrownBy(() -> optimizer.minimize(model.x))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the loss has the wrong shape");
      assertThatThrownBy(() -> optimizer.apply(Map.of(model.still, model.loss)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("not a trainable parameter of the store; received net/still");
      assertThatThrownBy(() -> optimizer.apply(Map.of(model.a, model.loss)))
          .isInstanceOf(UserError.class)
          .hasMessage("net/a: the gradient has the wrong shape; expected [3], received [].");
    }
  }

  @Test
  void refusesSettingsOutOfRange() {
    try (LinearModel model = adam()) {
      GradientClip none = GradientClip.none();
      assertThatThrownBy(() -> new Adam(model.store, model.rate, none, 1f, 0.9f, 1e-8f))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "optimizer adam: beta1 cannot be used; expected a number from 0 to below 1, received"
                  + " 1.0.");
      assertThatThrownBy(() -> new Adam(model.store, model.rate, none, 0.9f, -0.1f, 1e-8f))
          .hasMessageContaining("beta2");
      assertThatThrownBy(() -> new Adam(model.store, model.rate, none, 0.9f, 0.9f, 0f))
          .hasMessageContaining("epsilon");
      assertThatThrownBy(() -> new Momentum(model.store, model.rate, none, Float.NaN, true))
          .hasMessageContaining("momentum cannot be used");
      assertThatThrownBy(() -> new RmsProp(model.store, model.rate, none, 2f, 0f, 1e-7f))
          .hasMessageContaining("decay");
    }
  }

  private static int operations(Graph graph) {
    int[] count = {0};
    graph.operations().forEachRemaining(op -> count[0]++);
    return count[0];
  }

  @Test
  void aClipThatChangesAShapeIsRefused() {
    GradientClip broken =
        (tf, gradients, norm) -> {
          List<Operand<TFloat32>> changed = new ArrayList<>();
          gradients.forEach(gradient -> changed.add(tf.expandDims(gradient, tf.constant(0))));
          return changed;
        };
    assertThatThrownBy(() -> new LinearModel((s, r) -> new GradientDescent(s, r, broken)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "net/a: the clipped gradient has the wrong shape; expected [3], received [1, 3].");
  }
}
