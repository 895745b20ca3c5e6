package org.hypernet4j.unroll;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.BackwardRules;
import org.hypernet4j.graph.Loop;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Runs a cell over sequences in a loop of the graph: the number of steps is that of the tensor that
 * is fed, and the graph does not grow with it.
 *
 * <p>What the input alone decides, {@link RnnCell#project}, is computed for all steps before the
 * loop. The loop keeps the state before every step, and nothing else, for the gradient, which
 * {@link ScanGradient} computes in a second loop backwards.
 *
 * <pre>{@code
 * Scanned<LstmState> run =
 *     Scan.run(tf, cell, xs, cell.zeroState(tf, batch), ScanOptions.training());
 * }</pre>
 */
public final class Scan {
  private Scan() {}

  /**
   * Runs the cell.
   *
   * @param xs inputs, {@code [time, batch, inputSize]}
   * @param initial the state before the first step
   */
  public static <S> Scanned<S> run(
      Ops tf, RnnCell<S> cell, Operand<TFloat32> xs, S initial, ScanOptions options) {
    Shapes.require("scan", "xs", xs, -1, -1, cell.inputSize());
    long batch = xs.shape().isUnknown() ? -1 : xs.shape().get(1);
    CellShapes.require("scan", "initial state", cell.stateParts(), cell.parts(initial), batch);
    if (!options.masks().isEmpty()) {
      CellShapes.require("scan", "mask", cell.maskParts(), options.masks(), -1, batch);
    }
    Operand<TInt32> lengths = options.lengths();
    if (lengths != null) {
      Shapes.require("scan", "lengths", lengths, batch);
    }
    return new Forward<>(tf, cell, xs, initial, options, batch).run();
  }

  /** Whether a cell's output is a part of its next state, and which; -1 if it is none. */
  static <S> int outputPart(RnnCell<S> cell, CellStep<S> step) {
    List<Operand<TFloat32>> next = cell.parts(step.state());
    for (int i = 0; i < next.size(); i++) {
      if (next.get(i).asOutput().equals(step.output().asOutput())) {
        return i;
      }
    }
    return -1;
  }

  /** The loop forwards. */
  private static final class Forward<S> {
    private final Ops tf;
    private final RnnCell<S> cell;
    private final S initial;
    private final ScanOptions options;
    private final long batch;
    private final Operand<TInt32> time;
    private final Operand<TInt32> dynamicBatch;
    private final CellValues values;
    private final List<Operand<TFloat32>> projected = new ArrayList<>();

    Forward(
        Ops tf, RnnCell<S> cell, Operand<TFloat32> xs, S initial, ScanOptions options, long batch) {
      this.tf = tf;
      this.cell = cell;
      this.initial = initial;
      this.options = options;
      this.batch = batch;
      Operand<TInt32> shape = tf.shape(xs);
      time = element(tf, shape, 0);
      dynamicBatch = batch >= 0 ? tf.constant((int) batch) : element(tf, shape, 1);
      values = CellValues.make(tf, cell.allWeights());
      Operand<TFloat32> rows = tf.reshape(xs, tf.constant(new int[] {-1, cell.inputSize()}));
      List<StatePart> parts = cell.projectionParts();
      List<Operand<TFloat32>> flat = cell.project(tf, values, rows);
      for (int i = 0; i < parts.size(); i++) {
        projected.add(
            tf.reshape(
                flat.get(i),
                tf.stack(List.of(time, dynamicBatch, tf.constant(parts.get(i).size())))));
      }
    }

    Scanned<S> run() {
      try (Loop loop = new Loop(tf, "Scan")) {
        Ops body = loop.body();
        Output<TInt32> t = loop.variable(tf.constant(0));
        Output<TInt32> end = loop.invariant(time);
        List<Output<TFloat32>> state = new ArrayList<>();
        cell.parts(initial).forEach(part -> state.add(loop.variable(part)));
        ScanStep view =
            ScanStep.view(loop, tf, cell, options, values, projected, dynamicBatch, batch, t);
        CellStep<S> step =
            cell.advance(
                body,
                view.values(),
                view.projected(),
                cell.state(new ArrayList<>(state)),
                view.masks());
        List<Operand<TFloat32>> next = new ArrayList<>(cell.parts(step.state()));
        Operand<TFloat32> output = step.output();
        int shared = outputPart(cell, step);
        if (view.alive() != null) {
          shared = -1;
          for (int i = 0; i < next.size(); i++) {
            next.set(i, body.select(view.alive(), next.get(i), state.get(i)));
          }
          output = body.select(view.alive(), output, body.zerosLike(output));
        }

        Operand<TInt32> one = body.constant(1);
        Operand<TInt32> after = body.math.add(t, one);
        List<Kept> histories = new ArrayList<>();
        for (int i = 0; i < next.size(); i++) {
          if (options.differentiable() || i == shared) {
            TensorSeries series =
                TensorSeries.reserve(
                    tf,
                    tf.math.add(time, tf.constant(1)),
                    dynamicBatch,
                    batch,
                    cell.stateParts().get(i).size());
            series = series.as(series.set(tf, tf.constant(0), cell.parts(initial).get(i)));
            histories.add(Kept.in(loop, series, after, next.get(i)));
          }
          loop.next(state.get(i), next.get(i));
        }
        @Nullable Kept outputs = null;
        if (shared < 0) {
          TensorSeries series =
              TensorSeries.reserve(tf, time, dynamicBatch, batch, cell.outputSize());
          outputs = Kept.in(loop, series, t, output);
        }
        loop.next(t, after);
        Loop.Results results =
            loop.build((ops, at) -> ops.math.less(number(at.apply(t)), number(at.apply(end))));

        List<Operand<TFloat32>> finals = new ArrayList<>();
        state.forEach(part -> finals.add(results.of(part)));
        List<StateHistory> kept = new ArrayList<>();
        histories.forEach(
            history -> kept.add(new StateHistory(tf, history.after(results), dynamicBatch)));
        Operand<TFloat32> stacked =
            outputs == null
                ? kept.get(options.differentiable() ? shared : 0).after()
                : outputs.after(results).stack(tf, dynamicBatch);
        if (!options.differentiable()) {
          return new Scanned<>(stacked, cell.state(finals));
        }
        List<Operand<TFloat32>> cut = new ArrayList<>();
        cut.add(tf.stopGradient(stacked));
        finals.forEach(part -> cut.add(tf.stopGradient(part)));
        BackwardRules.register(
            (Graph) tf.scope().env(),
            new ScanGradient<>(
                tf,
                cell,
                options,
                values,
                projected,
                initial,
                kept,
                cut,
                time,
                dynamicBatch,
                batch));
        return new Scanned<>(cut.get(0), cell.state(cut.subList(1, cut.size())));
      }
    }
  }

  private static Operand<TInt32> element(Ops tf, Operand<TInt32> vector, int at) {
    return tf.squeeze(tf.slice(vector, tf.constant(new int[] {at}), tf.constant(new int[] {1})));
  }

  @SuppressWarnings("unchecked")
  static Operand<TInt32> number(Output<?> output) {
    return (Operand<TInt32>) (Operand<? extends TNumber>) output;
  }
}
