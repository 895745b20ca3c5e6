package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.graph.BackwardRule;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The loop backwards: from the last step to the first it computes the step again from the state
 * before it, and takes the derivative of that one step.
 *
 * <p>The derivative by a large matrix is not summed up in the loop: {@link DeferredProducts} keeps
 * what each step's product was made of and forms one product after the loop.
 */
final class ScanGradient<S> implements BackwardRule {
  private final Ops tf;
  private final RnnCell<S> cell;
  private final ScanOptions options;
  private final CellValues values;
  private final List<Operand<TFloat32>> projected;
  private final S initial;
  private final List<StateHistory> histories;
  private final List<Operand<TFloat32>> results;
  private final Operand<TInt32> time;
  private final Operand<TInt32> dynamicBatch;
  private final long batch;

  ScanGradient(
      Ops tf,
      RnnCell<S> cell,
      ScanOptions options,
      CellValues values,
      List<Operand<TFloat32>> projected,
      S initial,
      List<StateHistory> histories,
      List<Operand<TFloat32>> results,
      Operand<TInt32> time,
      Operand<TInt32> dynamicBatch,
      long batch) {
    this.tf = tf;
    this.cell = cell;
    this.options = options;
    this.values = values;
    this.projected = projected;
    this.initial = initial;
    this.histories = histories;
    this.results = results;
    this.time = time;
    this.dynamicBatch = dynamicBatch;
    this.batch = batch;
  }

  @Override
  public List<Operand<TFloat32>> inputs() {
    List<Operand<TFloat32>> all = new ArrayList<>(projected);
    all.addAll(cell.parts(initial));
    all.addAll(values.list(cell.weights()));
    return all;
  }

  @Override
  public List<Operand<TFloat32>> results() {
    return results;
  }

  @Override
  public List<@Nullable Operand<TFloat32>> backward(List<@Nullable Output<TFloat32>> byResults) {
    try (Loop loop = new Loop(tf, "ScanGradient")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(tf.math.sub(time, tf.constant(1)));
      List<Output<TFloat32>> byState = new ArrayList<>();
      for (int i = 0; i < histories.size(); i++) {
        Output<TFloat32> given = byResults.get(i + 1);
        byState.add(
            loop.variable(given == null ? tf.zerosLike(cell.parts(initial).get(i)) : given));
      }
      ScanStep view =
          ScanStep.view(loop, tf, cell, options, values, projected, dynamicBatch, batch, t);
      List<Operand<TFloat32>> state = new ArrayList<>();
      for (StateHistory history : histories) {
        TensorSeries series = history.series();
        state.add(series.as(loop.invariant(series.list())).get(body, t));
      }
      CellStep<S> step =
          cell.advance(body, view.values(), view.projected(), cell.state(state), view.masks());
      DeferredProducts deferred =
          DeferredProducts.find(view.weights(), state, cell.parts(step.state()), histories, batch);

      List<Operand<TFloat32>> ys = new ArrayList<>(cell.parts(step.state()));
      List<Operand<TFloat32>> dys = new ArrayList<>(byState);
      List<Operand<TFloat32>> passing = new ArrayList<>();
      Operand<TFloat32> byOutput = outputGradient(loop, byResults.get(0), t);
      if (view.alive() != null) {
        for (int i = 0; i < dys.size(); i++) {
          Operand<TFloat32> zeros = body.zerosLike(dys.get(i));
          passing.add(body.select(view.alive(), zeros, dys.get(i)));
          dys.set(i, body.select(view.alive(), dys.get(i), zeros));
        }
        if (byOutput != null) {
          byOutput = body.select(view.alive(), byOutput, body.zerosLike(byOutput));
        }
      }
      if (byOutput != null) {
        int shared = Scan.outputPart(cell, step);
        if (shared >= 0) {
          dys.set(shared, body.math.add(dys.get(shared), byOutput));
        } else {
          ys.add(step.output());
          dys.add(byOutput);
        }
      }

      List<Operand<TFloat32>> xs = new ArrayList<>(view.projected());
      xs.addAll(state);
      List<Operand<TFloat32>> summed = deferred.others(view.weights());
      xs.addAll(summed);
      xs.addAll(deferred.products());
      List<@Nullable Operand<TFloat32>> byXs = Gradients.product(ys, dys, xs);

      int at = 0;
      List<@Nullable Kept> byProjected = new ArrayList<>();
      for (int i = 0; i < projected.size(); i++) {
        Operand<TFloat32> gradient = byXs.get(at++);
        byProjected.add(
            gradient == null
                ? null
                : keep(loop, t, gradient, cell.projectionParts().get(i).size()));
      }
      for (int i = 0; i < state.size(); i++) {
        Operand<TFloat32> gradient = byXs.get(at++);
        if (gradient == null) {
          gradient = body.zerosLike(state.get(i));
        }
        loop.next(
            byState.get(i), passing.isEmpty() ? gradient : body.math.add(gradient, passing.get(i)));
      }
      List<@Nullable Output<TFloat32>> sums = new ArrayList<>();
      for (Operand<TFloat32> weight : summed) {
        Operand<TFloat32> gradient = byXs.get(at++);
        if (gradient == null) {
          sums.add(null);
        } else {
          Output<TFloat32> sum =
              loop.variable(tf.zeros(tf.constant(weight.shape().asArray()), TFloat32.class));
          loop.next(sum, body.math.add(sum, gradient));
          sums.add(sum);
        }
      }
      deferred.keep(byXs.subList(at, byXs.size()), (tensor, size) -> keep(loop, t, tensor, size));

      loop.next(t, body.math.sub(t, body.constant(1)));
      Loop.Results results =
          loop.build(
              (ops, view2) -> ops.math.greaterEqual(Scan.number(view2.apply(t)), ops.constant(0)));

      List<@Nullable Operand<TFloat32>> gradients = new ArrayList<>();
      byProjected.forEach(
          kept -> gradients.add(kept == null ? null : kept.after(results).stack(tf, dynamicBatch)));
      byState.forEach(part -> gradients.add(results.of(part)));
      int next = 0;
      for (Operand<TFloat32> weight : view.weights()) {
        if (summed.contains(weight)) {
          Output<TFloat32> sum = sums.get(next++);
          gradients.add(sum == null ? null : results.of(sum));
        } else {
          gradients.add(deferred.gradient(tf, weight, results, dynamicBatch));
        }
      }
      return gradients;
    }
  }

  private @Nullable Operand<TFloat32> outputGradient(
      Loop loop, @Nullable Output<TFloat32> byOutputs, Operand<TInt32> t) {
    if (byOutputs == null) {
      return null;
    }
    TensorSeries series = TensorSeries.of(tf, byOutputs, dynamicBatch, batch, cell.outputSize());
    return series.as(loop.invariant(series.list())).get(loop.body(), t);
  }

  private Kept keep(Loop loop, Operand<TInt32> t, Operand<TFloat32> tensor, int size) {
    return Kept.in(
        loop,
        TensorSeries.reserve(tf, time, dynamicBatch, batch, size),
        Objects.requireNonNull(t),
        tensor);
  }
}
