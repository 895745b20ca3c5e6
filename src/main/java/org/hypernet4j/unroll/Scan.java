// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.BackwardRules;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.SameGraph;
import org.hypernet4j.graph.internal.SharedSizes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Runs a cell over sequences in a loop of the graph: the number of steps is that of the tensor that
 * is fed, and the graph does not grow with it.
 *
 * <p>The part that depends on the input alone, {@link RnnCell#project}, is computed for all steps
 * before the loop. For the gradient the loop keeps the state before every step and, unless {@link
 * ScanOptions#withRecomputing} is on, the results that are expensive to compute again; {@link
 * ScanGradient} reads both in a second, backward loop.
 *
 * <pre>{@code
 * ScanResult<LstmState> run =
 *     Scan.run(tf, cell, xs, cell.zeroState(tf, batch), ScanOptions.training());
 * }</pre>
 */
public final class Scan {
  private Scan() {}

  /**
   * Runs the cell. With {@link ScanOptions#lengths}, padding, all entries of inputs and masks past
   * a sequence's end, has no influence on any result, even if it is NaN, and its derivative is 0.
   *
   * @param xs inputs, {@code [time, batch, inputSize]}
   * @param initial the state before the first step; for a sequence without steps also its last
   *     state
   */
  public static <S> ScanResult<S> run(
      Ops tf, RnnCell<S> cell, Operand<TFloat32> xs, S initial, ScanOptions options) {
    requireSameGraph(tf, cell, xs, initial, options);
    Operand<TFloat32> inputs = inputs(tf, "scan", cell, xs);
    TimeMajor.require("scan", xs, cell.stateLayout().tensors(initial));
    Operand<TInt32> lengths = options.lengths();
    SequenceMask mask = lengths == null ? null : SequenceMask.of(tf, "scan", lengths, inputs);
    return run(tf, cell, inputs, initial, options, mask);
  }

  /**
   * Runs the cell over padded sequences. Neither loop may see padding: one NaN would make every sum
   * over the batch NaN, even with a derivative of zero. It is replaced before the loop, for all
   * steps at once; a sequence without steps runs from zeros and keeps its own state.
   *
   * @param mask the mask of the options' lengths, or null
   */
  static <S> ScanResult<S> run(
      Ops tf,
      RnnCell<S> cell,
      Operand<TFloat32> xs,
      S initial,
      ScanOptions options,
      @Nullable SequenceMask mask) {
    ScanSetup<S> setup = ScanSetup.of(tf, cell, xs, initial, options, mask);
    ScanResult<S> scanned = forward(setup);
    if (mask == null) {
      return scanned;
    }
    List<Operand<TFloat32>> last = cell.stateLayout().tensors(scanned.finalState());
    List<Operand<TFloat32>> own = new ArrayList<>();
    for (int i = 0; i < last.size(); i++) {
      own.add(mask.ifAny(tf, last.get(i), setup.given().get(i)));
    }
    return new ScanResult<>(scanned.outputs(), cell.stateLayout().state(own));
  }

  /** Checks that all tensors that meet in the loop's body belong to the graph it is built in. */
  static <S> void requireSameGraph(
      Ops tf, RnnCell<S> cell, Operand<TFloat32> xs, S initial, ScanOptions options) {
    var graph = tf.scope().env();
    SameGraph.require("scan", graph, "xs", xs);
    SameGraph.require("scan", graph, "an initial state", cell.stateLayout().tensors(initial));
    SameGraph.require("scan", graph, "a mask", options.masks());
    Operand<TInt32> lengths = options.lengths();
    if (lengths != null) {
      SameGraph.require("scan", graph, "lengths", lengths);
    }
  }

  /** Checks the inputs as far as they are known; rank and last size again when the graph runs. */
  static Operand<TFloat32> inputs(Ops tf, String where, RnnCell<?> cell, Operand<TFloat32> xs) {
    Shapes.require(where, "xs", xs, -1, -1, cell.inputSize());
    return SharedSizes.withTrailing(tf, xs, 2, -1, -1, cell.inputSize());
  }

  private static <S> ScanResult<S> forward(ScanSetup<S> setup) {
    Ops tf = setup.tf();
    RnnCell<S> cell = setup.cell();
    boolean differentiable = setup.options().differentiable();
    try (Loop loop = new Loop(tf, "Scan")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(tf.constant(0));
      Output<TInt32> end = loop.invariant(setup.time());
      List<Output<TFloat32>> state = new ArrayList<>();
      setup.initialParts().forEach(part -> state.add(loop.variable(part)));
      int shared;
      List<Operand<TFloat32>> results;
      List<Operand<TFloat32>> weights;
      SavingPieces pieces = new SavingPieces(setup);
      try (ScanStep<S> step =
          ScanStep.build(setup, loop, t, List.copyOf(state), function -> pieces)) {
        weights = step.outsideWeights();
        shared = step.alive() == null ? ScanStep.outputPart(cell, step.result()) : -1;
        List<Operand<TFloat32>> leaving = results(cell, step);
        leaving.addAll(pieces.all());
        results = step.function().leave(leaving);
      }

      Operand<TInt32> after = body.math.add(t, body.constant(1));
      List<SavedSeries> histories = new ArrayList<>();
      for (int i = 0; i < state.size(); i++) {
        loop.next(state.get(i), results.get(i));
        if (differentiable || i == shared) {
          TensorSeries series =
              setup.reserve(
                  tf.math.add(setup.time(), tf.constant(1)),
                  cell.stateLayout().parts().get(i).size());
          Operand<TFloat32> first = setup.initialParts().get(i);
          histories.add(
              SavedSeries.in(
                  loop, series.as(series.set(tf, tf.constant(0), first)), after, results.get(i)));
        }
      }
      SavedSeries outputs =
          shared >= 0
              ? null
              : SavedSeries.in(
                  loop,
                  setup.reserve(setup.time(), cell.outputSize()),
                  t,
                  results.get(state.size()));
      List<List<SavedSeries>> keptPieces = new ArrayList<>();
      int piece = state.size() + 1;
      for (List<Integer> sizes : pieces.sizes()) {
        List<SavedSeries> series = new ArrayList<>();
        for (int size : sizes) {
          series.add(
              SavedSeries.in(loop, setup.reserve(setup.time(), size), t, results.get(piece++)));
        }
        keptPieces.add(series);
      }
      loop.next(t, after);
      Loop.Results ended =
          loop.build(
              (ops, at) -> ops.math.less(Loop.number(at.apply(t)), Loop.number(at.apply(end))));

      List<Operand<TFloat32>> finals = new ArrayList<>();
      state.forEach(part -> finals.add(ended.of(part)));
      List<StateHistory> kept = new ArrayList<>();
      histories.forEach(
          history -> kept.add(new StateHistory(tf, history.after(ended), setup.dynamicBatch())));
      Operand<TFloat32> stacked =
          outputs == null
              ? kept.get(differentiable ? shared : 0).after()
              : setup.stack(outputs, ended);
      if (!differentiable) {
        return new ScanResult<>(stacked, cell.stateLayout().state(finals));
      }
      List<Operand<TFloat32>> cut = new ArrayList<>(List.of(tf.stopGradient(stacked)));
      finals.forEach(part -> cut.add(tf.stopGradient(part)));
      List<List<TensorSeries>> pieceSeries =
          keptPieces.stream()
              .map(one -> one.stream().map(series -> series.after(ended)).toList())
              .toList();
      BackwardRules.register(
          (Graph) tf.scope().env(), new ScanGradient<>(setup, weights, kept, pieceSeries, cut));
      return new ScanResult<>(cut.get(0), cell.stateLayout().state(cut.subList(1, cut.size())));
    }
  }

  /** The next state's parts and the output; past its end a sequence keeps its state. */
  private static <S> List<Operand<TFloat32>> results(RnnCell<S> cell, ScanStep<S> step) {
    List<Operand<TFloat32>> results =
        new ArrayList<>(cell.stateLayout().tensors(step.result().state()));
    Operand<TFloat32> output = step.result().output();
    if (step.alive() != null) {
      Ops tf = step.function().tf();
      for (int i = 0; i < results.size(); i++) {
        results.set(i, tf.select(step.alive(), results.get(i), step.before().get(i)));
      }
      output = tf.select(step.alive(), output, tf.zerosLike(output));
    }
    results.add(output);
    return results;
  }
}
