// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.optim.ParameterOptimizer;
import org.hypernet4j.train.StepGradients;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * A training step that keeps the networks of earlier tasks as they were (von Oswald et al., ICLR
 * 2020, equation 2):
 *
 * <pre>
 * g  = d loss / d(Theta, e)                       e the embedding of the present task
 * D  = what the optimizer would add to Theta for g alone; a constant
 * g' = d/dTheta  weight sum over earlier t of || f(e_t, Theta*) - f(e_t, Theta + D) ||^2
 * one step of the optimizer: Theta with g + g', e with g
 * </pre>
 *
 * <p>The norm is the sum over all generated weights, those of the outputs of other tasks included.
 * Theta* are the parameters before the present task. They are kept in parameters of the training,
 * {@code regulariser/before/<name>}, which the first step of a task sets, so that a checkpoint has
 * them and no session has to remember anything.
 */
final class OutputRegulariser implements StepGradients {
  private final Ops tf;
  private final Operand<TFloat32> loss;
  private final List<Parameter> kept;
  private final Hypernetwork hypernetwork;
  private final Condition earlier;
  private final Operand<TFloat32> weight;
  private final boolean lookAhead;
  private final List<NextValue> updates = new ArrayList<>();
  private final Map<String, Operand<TFloat32>> before = new LinkedHashMap<>();

  /**
   * Adds Theta* and the networks that it makes to the graph.
   *
   * @param loss that of the present task
   * @param kept Theta: the trainable parameters of the hypernetwork
   * @param earlier the embeddings of earlier tasks, {@code [rows, N_c]}; no gradient reaches them
   * @param weight beta over the number of rows; 0 in the first task
   * @param begins whether this is the first step of a task
   * @param lookAhead false for D = 0
   */
  OutputRegulariser(
      ParameterStore store,
      Operand<TFloat32> loss,
      Hypernetwork hypernetwork,
      List<Parameter> kept,
      Condition earlier,
      Operand<TFloat32> weight,
      Operand<TBool> begins,
      boolean lookAhead) {
    this.tf = store.root().child("regulariser").tf();
    this.loss = loss;
    this.kept = List.copyOf(kept);
    this.hypernetwork = hypernetwork;
    this.earlier = Condition.of(tf.stopGradient(earlier.value()));
    this.weight = weight;
    this.lookAhead = lookAhead;
    ParameterScope scope = store.root().child("regulariser").child("before");
    Map<Parameter, Operand<TFloat32>> stars = new LinkedHashMap<>();
    for (Parameter parameter : kept) {
      Parameter stored = stored(scope, parameter);
      Operand<TFloat32> star = tf.select(begins, parameter.value(), stored.value());
      stars.put(parameter, star);
      updates.add(new NextValue(stored, star));
    }
    store
        .withValues(stars, this::networks)
        .forEach((name, made) -> before.put(name, tf.stopGradient(made)));
  }

  private static Parameter stored(ParameterScope scope, Parameter parameter) {
    String name = parameter.name();
    int slash = name.lastIndexOf('/');
    ParameterScope own = slash < 0 ? scope : scope.child(name.substring(0, slash));
    return own.fixedParameter(
        name.substring(slash + 1), parameter.shape(), Initializers.zeros(), Role.SLOT);
  }

  private Map<String, Operand<TFloat32>> networks() {
    return hypernetwork.generate(tf, earlier);
  }

  /** The next values of Theta*. */
  List<NextValue> updates() {
    return updates;
  }

  /** The regulariser at the values that the parameters have when it is built. */
  private Operand<TFloat32> drift() {
    List<Operand<TFloat32>> halves = new ArrayList<>();
    networks()
        .forEach(
            (name, now) ->
                halves.add(
                    tf.nn.l2Loss(tf.math.sub(now, Objects.requireNonNull(before.get(name))))));
    Operand<TFloat32> sum = tf.math.addN(halves);
    return tf.math.mul(tf.math.mul(sum, tf.constant(2f)), weight);
  }

  @Override
  public Map<Parameter, Operand<TFloat32>> gradients(
      ParameterStore store, ParameterOptimizer optimizer) {
    Map<Parameter, Operand<TFloat32>> sum = new LinkedHashMap<>(optimizer.gradients(loss));
    Operand<TFloat32> drift = lookAhead ? drift(store, optimizer.change(sum)) : drift();
    optimizer
        .gradients(drift, kept)
        .forEach((parameter, gradient) -> sum.merge(parameter, gradient, tf.math::add));
    return sum;
  }

  private Operand<TFloat32> drift(ParameterStore store, Map<Parameter, Operand<TFloat32>> changes) {
    Map<Parameter, Operand<TFloat32>> ahead = new LinkedHashMap<>();
    for (Parameter parameter : kept) {
      Operand<TFloat32> change = Objects.requireNonNull(changes.get(parameter));
      ahead.put(parameter, tf.math.add(parameter.value(), change));
    }
    return store.withValues(ahead, this::drift);
  }
}
