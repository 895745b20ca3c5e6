// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.internal.BackwardRule;
import org.hypernet4j.graph.internal.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The backward loop: from the last step to the first it builds the step again from the state before
 * it and from the pieces that were kept, and takes the derivative of that one step.
 *
 * <p>The derivative by a large matrix is not summed up in the loop: {@link DeferredProducts} keeps
 * the factors of each step's product and forms one product after the loop.
 */
final class ScanGradient<S> implements BackwardRule {
  private final ScanSetup<S> setup;
  private final List<Operand<TFloat32>> weights;
  private final List<StateHistory> histories;
  private final List<List<TensorSeries>> pieces;
  private final List<Operand<TFloat32>> results;
  private final Precision precision;

  /**
   * Takes the results of the forward loop.
   *
   * @param weights the weights that its step has read, in the graph around it
   * @param histories each part of the state before every step
   * @param pieces the kept results of each of the step's pieces
   * @param results outputs and final state
   */
  ScanGradient(
      ScanSetup<S> setup,
      List<Operand<TFloat32>> weights,
      List<StateHistory> histories,
      List<List<TensorSeries>> pieces,
      List<Operand<TFloat32>> results) {
    this.setup = setup;
    this.precision = Precision.of(setup.tf());
    this.weights = weights;
    this.histories = histories;
    this.pieces = pieces;
    this.results = results;
  }

  @Override
  public List<Operand<TFloat32>> inputs() {
    List<Operand<TFloat32>> all = new ArrayList<>(setup.projected());
    all.addAll(setup.initialParts());
    all.addAll(weights);
    return all;
  }

  @Override
  public List<Operand<TFloat32>> results() {
    return results;
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(List<@Nullable Output<TFloat32>> byResults) {
    // pieces that were not kept are built again, as they were then
    return precision.during(setup.tf(), () -> loopBackwards(byResults));
  }

  private List<@Nullable Operand<TFloat32>> loopBackwards(
      List<@Nullable Output<TFloat32>> byResults) {
    Ops tf = setup.tf();
    try (Loop loop = new Loop(tf, "ScanGradient")) {
      Output<TInt32> t = loop.variable(tf.math.sub(setup.time(), tf.constant(1)));
      List<Output<TFloat32>> byState = new ArrayList<>();
      List<Operand<TFloat32>> before = new ArrayList<>();
      for (int i = 0; i < histories.size(); i++) {
        Output<TFloat32> given = byResults.get(i + 1);
        byState.add(
            loop.variable(given == null ? tf.zerosLike(setup.initialParts().get(i)) : given));
        before.add(setup.item(loop, histories.get(i).series(), t));
      }
      Output<TFloat32> byOutputs = byResults.get(0);
      Operand<TFloat32> byOutput =
          byOutputs == null ? null : setup.item(loop, byOutputs, setup.cell().outputSize(), t);

      DeferredProducts deferred = new DeferredProducts(setup);
      try (ScanStep<S> step =
          ScanStep.build(
              setup,
              loop,
              t,
              before,
              function ->
                  new RestoringPieces(
                      pieces, series -> function.enter(setup.item(loop, series, t)), deferred))) {
        deferred.states(
            step.before(), setup.cell().stateLayout().tensors(step.result().state()), histories);
        return finish(
            loop, t, byState, step, StepGradient.of(setup, step, byState, byOutput, deferred));
      }
    }
  }

  /** Keeps the derivatives of a step, closes the loop, and assembles the whole derivative. */
  private List<@Nullable Operand<TFloat32>> finish(
      Loop loop,
      Output<TInt32> t,
      List<Output<TFloat32>> byState,
      ScanStep<S> step,
      StepGradient gradient) {
    Ops tf = setup.tf();
    Ops body = loop.body();
    List<@Nullable SavedSeries> byProjected = new ArrayList<>();
    for (int i = 0; i < setup.projected().size(); i++) {
      Operand<TFloat32> one = gradient.byProjected().get(i);
      int size = setup.cell().projectionParts().get(i).size();
      byProjected.add(one == null ? null : keep(loop, t, one, size));
    }
    for (int i = 0; i < byState.size(); i++) {
      loop.next(byState.get(i), gradient.byState().get(i));
    }
    List<@Nullable Output<TFloat32>> sums = new ArrayList<>();
    List<Operand<TFloat32>> read = step.outsideWeights();
    requireSameWeights(read);
    for (int i = 0; i < read.size(); i++) {
      Operand<TFloat32> one = gradient.byWeights().get(i);
      Output<TFloat32> sum = null;
      if (one != null) {
        sum = loop.variable(tf.zerosLike(read.get(i)));
        loop.next(sum, body.math.add(sum, one));
      }
      sums.add(sum);
    }
    DeferredProducts deferred = gradient.deferred();
    deferred.keep((tensor, size) -> keep(loop, t, tensor, size));

    loop.next(t, body.math.sub(t, body.constant(1)));
    Loop.Results ended =
        loop.build((ops, at) -> ops.math.greaterEqual(Loop.number(at.apply(t)), ops.constant(0)));

    List<@Nullable Operand<TFloat32>> all = new ArrayList<>();
    byProjected.forEach(kept -> all.add(kept == null ? null : setup.stack(kept, ended)));
    byState.forEach(part -> all.add(ended.of(part)));
    for (Operand<TFloat32> weight : weights) {
      int i = read.indexOf(weight); // the same step reads the same weights
      Output<TFloat32> sum = sums.get(i);
      Operand<TFloat32> late = deferred.gradient(setup, step.weights().get(i), ended);
      all.add(sum == null ? late : late == null ? ended.of(sum) : tf.math.add(ended.of(sum), late));
    }
    return all;
  }

  /** Checks that both builds of a step read the same weights; otherwise its derivative is wrong. */
  private void requireSameWeights(List<Operand<TFloat32>> read) {
    if (!new HashSet<>(read).equals(new HashSet<>(weights))) {
      throw UserError.in("gradient of a scan of " + setup.cell().where())
          .what("the step reads other weights when it is built for the gradient")
          .expected(weights.size() + " weights, as in the loop forwards")
          .received(read.size())
          .next("a step must be a function of its arguments: keep no state in the cell")
          .build();
    }
  }

  private SavedSeries keep(Loop loop, Operand<TInt32> t, Operand<TFloat32> tensor, int size) {
    return SavedSeries.in(loop, setup.reserve(setup.time(), size), t, tensor);
  }
}
