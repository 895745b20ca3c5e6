// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.internal.CustomGradientBuilder;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.SameGraph;
import org.hypernet4j.graph.internal.StepFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One step in the body of a loop, with all that it reads.
 *
 * @param function holds the step's ops
 * @param captured the weights that the step has read, in the order of the first reads
 * @param projected this step's slice of the projections
 * @param before the state before the step
 * @param result output and next state of the cell
 * @param alive which sequences still run, {@code [batch, 1]}, or null if all do
 */
record ScanStep<S>(
    StepFunction function,
    List<CellValues.Captured> captured,
    List<Operand<TFloat32>> projected,
    List<Operand<TFloat32>> before,
    CellStep<S> result,
    @Nullable Operand<TBool> alive)
    implements AutoCloseable {

  /**
   * Builds the step.
   *
   * @param at the number of the step, in the body
   * @param state the state before it, in the body
   * @param pieces returns the builder of the step's pieces
   */
  static <S> ScanStep<S> build(
      ScanSetup<S> setup,
      Loop loop,
      Operand<TInt32> at,
      List<Operand<TFloat32>> state,
      Function<StepFunction, CustomGradientBuilder> pieces) {
    RnnCell<S> cell = setup.cell();
    ScanOptions options = setup.options();
    StepFunction function =
        StepFunction.in(loop.body(), loop.functions() + "_step", options.compiled());
    List<Operand<TFloat32>> projected =
        items(setup, loop, function, cell.projectionParts(), setup.projected(), at);
    List<Operand<TFloat32>> masks =
        options.masks().isEmpty()
            ? List.of()
            : items(setup, loop, function, cell.maskParts(), options.masks(), at);
    List<Operand<TFloat32>> before = new ArrayList<>();
    state.forEach(part -> before.add(function.enter(part)));
    Operand<TInt32> lengths = options.lengths();
    Operand<TBool> alive = null;
    if (lengths != null) {
      var running = loop.body().math.less(at, loop.invariant(lengths));
      alive = function.enter(loop.body().expandDims(running, loop.body().constant(1)));
    }
    CellValues values =
        setup
            .values()
            .inLoop(weight -> function.enter(loop.invariant(weight)), pieces.apply(function));
    CellStep<S> result;
    try {
      result =
          cell.advance(function.tf(), values, projected, cell.stateLayout().state(before), masks);
    } catch (IllegalArgumentException e) {
      throw seesOnlyItsOwn(cell, e);
    }
    SameGraph.require(
        "step of " + cell.getClass().getSimpleName(),
        function.tf().scope().env(),
        "the result",
        result.output());
    return new ScanStep<>(function, values.captured(), projected, before, result, alive);
  }

  /** TensorFlow's error for a tensor from outside the loop, rewritten to name the remedy. */
  private static RuntimeException seesOnlyItsOwn(RnnCell<?> cell, IllegalArgumentException e) {
    if (!String.valueOf(e.getMessage()).contains("different graph")) {
      return e;
    }
    return UserError.in("step of " + cell.getClass().getSimpleName())
        .what("the step uses a tensor of the graph around the loop: " + e.getMessage())
        .expected("only weights, projections, masks and state, as they are handed in")
        .next(
            "take each parameter from the values, values.of(parameter), and any other tensor as"
                + " values.of(Weight.bound(name, tensor)); a loop of its own in a step, a scan of"
                + " another cell for example, is not offered")
        .cause(e)
        .build();
  }

  /** The weights that the step has read, inside the body. */
  List<Operand<TFloat32>> weights() {
    return captured.stream().map(CellValues.Captured::inside).toList();
  }

  /** The same weights around the loop. */
  List<Operand<TFloat32>> outsideWeights() {
    return captured.stream().map(CellValues.Captured::outside).toList();
  }

  private static List<Operand<TFloat32>> items(
      ScanSetup<?> setup,
      Loop loop,
      StepFunction function,
      List<StatePart> parts,
      List<Operand<TFloat32>> tensors,
      Operand<TInt32> at) {
    List<Operand<TFloat32>> items = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      items.add(function.enter(setup.item(loop, tensors.get(i), parts.get(i).size(), at)));
    }
    return items;
  }

  /** Index of the part of the next state that is the cell's output; -1 if there is none. */
  static <S> int outputPart(RnnCell<S> cell, CellStep<S> step) {
    List<Operand<TFloat32>> next = cell.stateLayout().tensors(step.state());
    for (int i = 0; i < next.size(); i++) {
      if (next.get(i).asOutput().equals(step.output().asOutput())) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    function.close();
  }
}
