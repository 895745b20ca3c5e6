// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.internal.StepFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The derivative of one step, in the body of the backward loop; null stands for zero.
 *
 * @param byProjected by this step's projections
 * @param byState by the state before the step
 * @param byWeights by each weight, except for the products in {@code deferred}
 * @param deferred the products whose matrices get their derivative after the loop
 */
record StepGradient(
    List<@Nullable Operand<TFloat32>> byProjected,
    List<Operand<TFloat32>> byState,
    List<@Nullable Operand<TFloat32>> byWeights,
    DeferredProducts deferred) {

  /**
   * Differentiates a step.
   *
   * @param byNext the derivative by the state after the step
   * @param byOutput that by its output, or null for zero
   * @param deferred the step's products whose weights get their derivative after the loop
   */
  static <S> StepGradient of(
      ScanSetup<S> setup,
      ScanStep<S> step,
      List<Output<TFloat32>> byNext,
      @Nullable Operand<TFloat32> byOutput,
      DeferredProducts deferred) {
    StepFunction function = step.function();
    Ops tf = function.tf();
    List<Operand<TFloat32>> ys =
        new ArrayList<>(setup.cell().stateLayout().tensors(step.result().state()));
    List<Operand<TFloat32>> dys = new ArrayList<>();
    byNext.forEach(part -> dys.add(function.enter(part)));
    Operand<TFloat32> byY = byOutput == null ? null : function.enter(byOutput);
    List<Operand<TFloat32>> passing = new ArrayList<>();
    if (step.alive() != null) {
      // past its end a sequence passes everything on and has no outputs
      for (int i = 0; i < dys.size(); i++) {
        Operand<TFloat32> zeros = tf.zerosLike(dys.get(i));
        passing.add(tf.select(step.alive(), zeros, dys.get(i)));
        dys.set(i, tf.select(step.alive(), dys.get(i), zeros));
      }
      byY = byY == null ? null : tf.select(step.alive(), byY, tf.zerosLike(byY));
    }
    if (byY != null) {
      int shared = ScanStep.outputPart(setup.cell(), step.result());
      if (shared >= 0) {
        dys.set(shared, tf.math.add(dys.get(shared), byY));
      } else {
        ys.add(step.result().output());
        dys.add(byY);
      }
    }

    Targets targets = new Targets();
    int projected = targets.add(step.projected());
    int state = targets.add(step.before());
    int weights = targets.add(step.weights());
    int products = targets.add(deferred.results());
    List<@Nullable Operand<TFloat32>> byXs = Gradients.product(ys, dys, targets.xs);
    for (int i = 0; i < step.before().size(); i++) {
      Operand<TFloat32> own = byXs.get(state + i);
      own = own == null ? tf.zerosLike(step.before().get(i)) : own;
      byXs.set(state + i, passing.isEmpty() ? own : tf.math.add(own, passing.get(i)));
    }

    // all that leaves the step: the derivatives, and the left sides that no history holds
    List<Operand<TFloat32>> lefts = deferred.unknownLefts();
    List<Operand<TFloat32>> leaving = new ArrayList<>(lefts);
    byXs.stream().filter(x -> x != null).forEach(leaving::add);
    List<Operand<TFloat32>> left = function.leave(leaving);
    int next = lefts.size();
    for (int i = 0; i < byXs.size(); i++) {
      if (byXs.get(i) != null) {
        byXs.set(i, left.get(next++));
      }
    }
    deferred.found(byXs.subList(products, byXs.size()), left.subList(0, lefts.size()));
    List<Operand<TFloat32>> byState = new ArrayList<>();
    for (int i = 0; i < step.before().size(); i++) {
      byState.add(Objects.requireNonNull(byXs.get(state + i)));
    }
    return new StepGradient(
        new ArrayList<>(byXs.subList(projected, state)),
        byState,
        new ArrayList<>(byXs.subList(weights, products)),
        deferred);
  }

  /** The tensors that a derivative is taken by, in one list. */
  private static final class Targets {
    final List<Operand<TFloat32>> xs = new ArrayList<>();

    /** Adds tensors and returns the index of the first. */
    int add(List<Operand<TFloat32>> more) {
      int at = xs.size();
      xs.addAll(more);
      return at;
    }
  }
}
