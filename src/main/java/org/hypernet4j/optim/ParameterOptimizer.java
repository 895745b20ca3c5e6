// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.optim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.SameGraph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/**
 * An optimizer that changes the trainable parameters of one store, and nothing else.
 *
 * <p>It is no subclass of the framework's {@code Optimizer}: that looks for reference variables in
 * the graph, so that a model with resource variables "trains" without a change, takes pairs of
 * gradients and variables, and holds the learning rate as a constant. Here the parameters are the
 * store's list, the learning rate is a tensor that is fed or computed at every step, and state is
 * kept in parameters with {@link Role#SLOT}, named {@code optimizer/<optimizer name>/<parameter
 * name>/<slot>}, so that checkpoints find it.
 *
 * <pre>{@code
 * Placeholder<TFloat32> rate =
 *     tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
 * TrainOp train = new Adam(store, rate, GradientClip.globalNorm(1f)).minimize(loss);
 * store.initialize(session); // after the optimizer: it has parameters of its own
 * session.runner().feed(rate, value).addTarget(train.update()).run();
 * }</pre>
 */
public abstract class ParameterOptimizer {
  private final String name;
  private final ParameterStore store;
  private final Operand<TFloat32> learningRate;
  private Operand<TFloat32> rateOfStep;
  private final GradientClip clip;
  private final ParameterScope scope;
  private final Ops top;
  private final Map<String, Parameter> slots = new HashMap<>();
  private final List<Op> changes = new ArrayList<>();
  private boolean applied;

  /**
   * Called by an optimizer's own constructor.
   *
   * @param name the optimizer's part of slot names, {@code adam}
   * @param store the store whose trainable parameters are changed
   * @param learningRate a scalar of the store's graph
   * @param clip applied to the gradients first
   */
  protected ParameterOptimizer(
      String name, ParameterStore store, Operand<TFloat32> learningRate, GradientClip clip) {
    SameGraph.require("optimizer " + name, store.graph(), "the learning rate", learningRate);
    Shapes.require("optimizer " + name, "the learning rate", learningRate);
    this.name = name;
    this.store = store;
    this.learningRate = learningRate;
    this.rateOfStep = learningRate;
    this.clip = clip;
    this.scope = store.root().child("optimizer").child(name);
    this.top = Ops.create(store.graph());
  }

  /**
   * Builds the update of one parameter.
   *
   * @param tf ops in {@link #scope()}; ops that change a variable must be built with these, which
   *     wait for all gradients
   * @param parameter a trainable parameter
   * @param gradient its clipped gradient, of the same shape
   * @return the op that changes the parameter
   */
  protected abstract Op update(Ops tf, Parameter parameter, Operand<TFloat32> gradient);

  /**
   * Builds what {@link #update} would add to a parameter, from slots as they are before it; it
   * changes nothing.
   *
   * @param tf ops in {@link #scope()}
   * @param gradient the clipped gradient, of the parameter's shape
   * @return a tensor of the parameter's shape
   * @throws UserError unless an optimizer overrides this
   */
  protected Operand<TFloat32> change(Ops tf, Parameter parameter, Operand<TFloat32> gradient) {
    throw UserError.in("optimizer " + name)
        .what("it cannot tell a change before it makes it")
        .expected("an optimizer that overrides change")
        .received(getClass().getName())
        .build();
  }

  /**
   * Whether an update needs the squares of the gradients, entry by entry. Entries whose squares
   * overflow float32 would silently stop such an optimizer for good. Unless the clip rules them
   * out, a step with such entries reports an infinite norm, as one with infinite gradients does,
   * and makes the parameters NaN.
   */
  protected boolean squaresGradients() {
    return false;
  }

  /** The scalar that is fed or computed for each step. */
  protected final Operand<TFloat32> learningRate() {
    return rateOfStep;
  }

  /** The scope of the optimizer's ops and slots, {@code optimizer/adam}. */
  protected final ParameterScope scope() {
    return scope;
  }

  /**
   * Adds the ops of a training step.
   *
   * @param loss a scalar that depends on every trainable parameter of the store
   * @throws UserError if there are no trainable parameters, or as {@link Gradients#of}
   */
  public TrainOp minimize(Operand<?> loss) {
    return update(gradients(loss), List.of(loss));
  }

  /**
   * Clips gradients that were computed elsewhere and applies them.
   *
   * @param gradients of parameters of the store, of their shapes
   */
  public TrainOp apply(Map<Parameter, Operand<TFloat32>> gradients) {
    return apply(gradients, List.of());
  }

  /**
   * Clips gradients that were computed elsewhere and applies them.
   *
   * @param gradients of parameters of the store, of their shapes
   * @param readFirst other ops that must see the parameters before the update, the loss for one
   */
  public TrainOp apply(Map<Parameter, Operand<TFloat32>> gradients, List<? extends Op> readFirst) {
    requireUsable(gradients);
    return update(gradients, readFirst);
  }

  /**
   * What {@link #apply} of these gradients would add to each parameter in this step, clip and
   * learning rate included, without any change of parameters or slots. It equals the difference
   * that the update makes up to rounding. For a look-ahead: the parameters plus this are those
   * after a step that has not been taken.
   *
   * <p>The clip sees the given gradients and no others. No gradient flows through the result. Build
   * it before {@link #apply}, which then waits until it is computed.
   *
   * @param gradients of parameters of the store, of their shapes
   * @return tensors of the parameters' shapes, in the given order
   * @throws UserError if a gradient does not fit, or {@code apply} was built before
   */
  public Map<Parameter, Operand<TFloat32>> change(Map<Parameter, Operand<TFloat32>> gradients) {
    requireUsable(gradients);
    if (applied) {
      throw UserError.in("optimizer " + name)
          .what("the change is asked for after the update, which may come first in a step then")
          .expected("change before apply and minimize")
          .received("change after one of them")
          .build();
    }
    ClippedGradients clipped = clip(gradients);
    Map<Parameter, Operand<TFloat32>> result = new LinkedHashMap<>();
    clipped
        .gradients()
        .forEach(
            (parameter, gradient) -> {
              Ops tf = scope.child(parameter.name()).tf();
              Operand<TFloat32> change = tf.stopGradient(change(tf, parameter, gradient));
              changes.add(change);
              result.put(parameter, change);
            });
    return result;
  }

  private void requireUsable(Map<Parameter, Operand<TFloat32>> gradients) {
    requireSome(gradients.isEmpty());
    if (store.inFunctionalCall()) {
      throw UserError.in("optimizer " + name)
          .what("it is used within a functional call, in which parameters have other values")
          .next("use it before or after ParameterStore.withValues")
          .build();
    }
    gradients.forEach(
        (parameter, gradient) -> {
          if (!store.trainables().contains(parameter)) {
            throw UserError.in("optimizer " + name)
                .what("a gradient is for something that is not a trainable parameter of the store")
                .received(parameter.name())
                .build();
          }
          SameGraph.require(parameter.name(), store.graph(), "the gradient", gradient);
          Shapes.require(parameter.name(), "the gradient", gradient, parameter.shape().asArray());
        });
  }

  /** The gradients of a scalar loss by all trainable parameters, not clipped. */
  public Map<Parameter, Operand<TFloat32>> gradients(Operand<?> loss) {
    return gradients(loss, store.trainables());
  }

  /**
   * The gradients of a scalar loss by some parameters, not clipped.
   *
   * @param parameters at least one, each of which the loss depends on
   */
  public Map<Parameter, Operand<TFloat32>> gradients(Operand<?> loss, List<Parameter> parameters) {
    requireSome(parameters.isEmpty());
    if (loss.asOutput().dataType() != DataType.DT_FLOAT) {
      throw UserError.in("optimizer " + name)
          .what("the loss has the wrong type")
          .expected(DataType.DT_FLOAT)
          .received(loss.asOutput().dataType())
          .next("cast it to TFloat32")
          .build();
    }
    SameGraph.require("optimizer " + name, store.graph(), "the loss", loss);
    return Gradients.of(loss.asOutput().expect(TFloat32.class), parameters);
  }

  /** The optimizer's part of slot names, {@code adam}. */
  public final String name() {
    return name;
  }

  /**
   * Puts the updates of all parameters together; an optimizer with state of its own changes it
   * here.
   *
   * @param updates of the parameters
   * @return the op that does them all
   */
  protected Op finish(List<Op> updates) {
    return top.withName(name + "-minimize").withControlDependencies(updates).noOp();
  }

  /**
   * State that belongs to one parameter and has its shape; zeros at first.
   *
   * @param slot its last name, {@code m}
   */
  protected final Parameter slot(Parameter parameter, String slot) {
    return slot(scope.child(parameter.name()), slot, parameter.shape(), Initializers.zeros());
  }

  /** State of the optimizer as a whole: a scalar. */
  protected final Parameter scalarSlot(String slot, float initialValue) {
    return slot(scope, slot, Shape.scalar(), Initializers.constant(initialValue));
  }

  /** Returns the setting if it lies in {@code [0, 1)}, else throws. */
  protected final float requireFraction(String setting, float value) {
    return require(setting, value, value >= 0 && value < 1, "a number from 0 to below 1");
  }

  /** Returns the setting if it is positive and finite, else throws. */
  protected final float requirePositive(String setting, float value) {
    return require(
        setting, value, value > 0 && value < Float.POSITIVE_INFINITY, "a positive number");
  }

  private float require(String setting, float value, boolean fits, String expected) {
    if (!fits) {
      throw UserError.in("optimizer " + name)
          .what(setting + " cannot be used")
          .expected(expected)
          .received(value)
          .build();
    }
    return value;
  }

  private Parameter slot(ParameterScope in, String slot, Shape shape, Initializer initializer) {
    String full = in.path() + "/" + slot;
    Parameter known = slots.get(full);
    if (known == null) {
      if (store.graph().operation(full) != null) {
        throw UserError.in(full)
            .what("another optimizer of this kind keeps its state here")
            .next("use one optimizer for each parameter store")
            .build();
      }
      known = in.fixedParameter(slot, shape, initializer, Role.SLOT);
      slots.put(full, known);
    }
    return known;
  }

  private void requireSome(boolean none) {
    if (none) {
      throw UserError.in("optimizer " + name)
          .what("there is nothing to train")
          .expected("at least one trainable parameter in the store")
          .received("none")
          .next(
              store.frozen().isEmpty()
                  ? "build the model with this store before the optimizer"
                  : "freeze less of the model")
          .build();
    }
  }

  private ClippedGradients clip(Map<Parameter, Operand<TFloat32>> gradients) {
    ClippedGradients clipped =
        ClippedGradients.of(
            scope.tf(), "optimizer " + name, gradients, clip, learningRate, squaresGradients());
    rateOfStep = clipped.rate();
    return clipped;
  }

  private TrainOp update(
      Map<Parameter, Operand<TFloat32>> gradients, List<? extends Op> readFirst) {
    applied = true;
    ClippedGradients clipped = clip(gradients);

    // All reads come before all changes: loss and metrics of a step are those of the parameters
    // before it, and a gradient never mixes old and new values.
    List<Op> before = new ArrayList<>(readFirst);
    before.addAll(changes);
    before.addAll(clipped.gradients().values());
    gradients.keySet().forEach(parameter -> before.add(parameter.value()));
    List<Op> updates = new ArrayList<>();
    clipped
        .gradients()
        .forEach(
            (parameter, gradient) -> {
              Ops waiting = scope.child(parameter.name()).tf().withControlDependencies(before);
              updates.add(update(waiting, parameter, gradient));
            });
    return new TrainOp(finish(updates), gradients, clipped.norm());
  }
}
