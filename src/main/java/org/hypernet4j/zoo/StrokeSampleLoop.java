// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.nn.MixtureSampling;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Drawings from a model of strokes in one loop of the graph: reads the points that a drawing begins
 * with, then draws point after point until the model ends the drawing or has made as many as were
 * asked for. Rows are independent of each other, each with settings of its own; a point depends on
 * the row's seed and on the number of points drawn before it.
 */
public final class StrokeSampleLoop {
  /** The most points that a request can make: one bad number must not keep a server busy. */
  public static final int MOST = 10_000;

  private StrokeSampleLoop() {}

  /**
   * A request, one row for each drawing, in normalised units.
   *
   * @param prime rows {@code dx, dy, pen} that a drawing begins with, {@code [B, P, 3]}
   * @param lengths points of the prime that count, {@code [B]}
   * @param count the most points to draw, {@code [B]}; 0 to {@link #MOST}
   * @param temperature {@code [B]}; 0, negative values and NaN select the likeliest component, its
   *     mean, and the likeliest pen
   * @param bias Graves' bias, {@code [B]}; negative values and NaN count as 0, infinity as the
   *     largest number
   * @param seed {@code [B]}
   * @param z {@code [B, size]} for a model with a latent vector, otherwise null
   */
  public record Request(
      Operand<TFloat32> prime,
      Operand<TInt32> lengths,
      Operand<TInt32> count,
      Operand<TFloat32> temperature,
      Operand<TFloat32> bias,
      Operand<TInt64> seed,
      @Nullable Operand<TFloat32> z) {}

  /**
   * Drawings.
   *
   * @param points {@code dx, dy, pen} in normalised units, {@code [B, largest length, 3]}; zeros
   *     behind the end of a row. The prime is not repeated
   * @param lengths points of each row, {@code [B]}
   * @param ended whether the model has ended a row, {@code [B]}: with a pen of three states by its
   *     end, with a window when that is behind the text
   */
  public record Drawn(Operand<TFloat32> points, Operand<TInt32> lengths, Operand<TBool> ended) {}

  /**
   * Builds the loop.
   *
   * @param law what a temperature multiplies
   */
  public static Drawn build(Ops tf, StrokeModel model, MixtureSampling.Law law, Request request) {
    return build(tf, model, law, false, request);
  }

  /**
   * As {@link #build(Ops, StrokeModel, MixtureSampling.Law, Request)}.
   *
   * @param stopAtLift whether a text must end with a lifted pen: with a window that is behind the
   *     text in the middle of a stroke the stroke goes on
   */
  public static Drawn build(
      Ops tf, StrokeModel model, MixtureSampling.Law law, boolean stopAtLift, Request request) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> shape = tf.shape(request.prime);
    Operand<TInt32> batch = tf.gather(shape, zero, zero);
    Operand<TInt32> width = tf.gather(shape, one, zero);
    Operand<TInt32> count =
        tf.math.minimum(tf.math.maximum(request.count, zero), tf.constant(MOST));
    Operand<TInt32> primed = tf.math.minimum(tf.math.maximum(request.lengths, zero), width);
    Operand<TInt32> rowSteps =
        tf.select(tf.math.greater(count, zero), tf.math.add(primed, count), zero);
    Operand<TInt32> steps = tf.math.maximum(tf.reduceMax(rowSteps, zero), zero);

    // one column more, so that an empty prime, too, has a first column
    Operand<TFloat32> wider =
        tf.concat(
            List.of(
                request.prime,
                tf.fill(tf.stack(List.of(batch, one, tf.constant(3))), tf.constant(0f))),
            one);
    Operand<TFloat32> prime = tf.linalg.transpose(wider, tf.constant(new int[] {1, 0, 2}));
    MixtureDensity.Pen pen = model.density().settings().pen();
    boolean ends = pen == MixtureDensity.Pen.THREE_WAY;
    Operand<TFloat32> start =
        tf.tile(tf.constant(new float[][] {{0, 0, ends ? 0 : 1}}), tf.stack(List.of(batch, one)));
    Operand<TFloat32> z = request.z;

    try (Loop loop = new Loop(tf, "SampleStrokes")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(zero);
      Output<TFloat32> current = loop.variable(start);
      Output<TBool> alive = loop.variable(tf.math.greater(count, zero));
      Output<TBool> ended = loop.variable(tf.math.less(count, zero));
      Output<TInt32> made = loop.variable(tf.zerosLike(count));
      List<Operand<TFloat32>> state = new ArrayList<>();
      model.initialState(tf, batch, z).forEach(part -> state.add(loop.variable(part)));
      Output<? extends TType> rows =
          loop.variable(
              tf.tensorListReserve(tf.stack(List.of(batch, tf.constant(3))), steps, TFloat32.class)
                  .asOutput());
      Output<TInt32> end = loop.invariant(steps);
      Output<TInt32> first = loop.invariant(primed);

      Operand<TFloat32> read = StrokeSeries.inputs(body, pen, current);
      StrokeModel.Outputs next =
          model.stepInLoop(tf, loop, read, z == null ? null : loop.invariant(z), state);
      Operand<TInt32> position = body.math.sub(t, first); // below 0 while the prime is read
      MixtureSampling.Point point =
          model
              .density()
              .draw(
                  body,
                  next.raw(),
                  new MixtureSampling(
                      loop.invariant(request.temperature),
                      loop.invariant(request.bias),
                      StrokeUniforms.of(
                          body,
                          loop.invariant(request.seed),
                          body.dtypes.cast(position, TInt64.class)),
                      law));
      Operand<TInt32> bodyOne = body.constant(1);
      Operand<TFloat32> lifted =
          body.dtypes.cast(body.math.equal(point.pen(), bodyOne), TFloat32.class);
      Operand<TFloat32> drawn =
          body.concat(List.of(point.offset(), body.expandDims(lifted, bodyOne)), bodyOne);
      Operand<TBool> drawing = body.math.greaterEqual(position, body.constant(0));
      Operand<TBool> stops = body.math.equal(point.pen(), body.constant(2));
      Operand<TBool> said = model.finishedInLoop(tf, loop, next.state());
      if (said != null) {
        // the point that this step predicts would belong to the place behind the text
        Operand<TBool> may =
            stopAtLift
                ? body.math.logicalAnd(
                    said,
                    body.math.greater(
                        body.gather(current, body.constant(2), bodyOne), body.constant(0.5f)))
                : said;
        stops = body.math.logicalOr(stops, may);
      }
      Operand<TBool> makes =
          body.math.logicalAnd(body.math.logicalAnd(alive, drawing), body.math.logicalNot(stops));
      Operand<TBool> endsNow = body.math.logicalAnd(body.math.logicalAnd(alive, drawing), stops);
      Operand<TInt32> total = body.math.add(made, body.dtypes.cast(makes, TInt32.class));
      Operand<TFloat32> known =
          body.gather(
              loop.invariant(prime), body.math.minimum(t, loop.invariant(width)), body.constant(0));
      Operand<TFloat32> following = body.select(body.expandDims(drawing, bodyOne), drawn, known);
      loop.next(t, body.math.add(t, bodyOne));
      loop.next(current, following);
      loop.next(made, total);
      loop.next(ended, body.math.logicalOr(ended, endsNow));
      loop.next(
          alive,
          body.math.logicalAnd(
              body.math.logicalAnd(alive, body.math.logicalNot(endsNow)),
              body.math.less(total, loop.invariant(count))));
      for (int i = 0; i < state.size(); i++) {
        loop.next(state.get(i).asOutput(), next.state().get(i));
      }
      Operand<TFloat32> kept =
          body.select(body.expandDims(makes, bodyOne), drawn, body.zerosLike(drawn));
      loop.next(rows, body.tensorListSetItem(rows, t, kept));
      Loop.Results results =
          loop.build(
              (ops, at) ->
                  ops.math.logicalAnd(
                      ops.math.less(Loop.number(at.apply(t)), Loop.number(at.apply(end))),
                      ops.reduceAny(Loop.flags(at.apply(alive)), ops.constant(0))));
      Operand<TInt32> lengths = results.of(made);
      return new Drawn(
          aligned(tf, results.of(rows), batch, steps, primed, lengths), lengths, results.of(ended));
    }
  }

  /** The points of each row from its first drawn one on. */
  private static Operand<TFloat32> aligned(
      Ops tf,
      Operand<? extends TType> list,
      Operand<TInt32> batch,
      Operand<TInt32> steps,
      Operand<TInt32> primed,
      Operand<TInt32> lengths) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TFloat32> stacked =
        tf.tensorListStack(list, tf.stack(List.of(batch, tf.constant(3))), TFloat32.class);
    Operand<TInt32> longest = tf.math.maximum(tf.reduceMax(lengths, zero), zero);
    Operand<TInt32> places = tf.range(zero, longest, tf.constant(1));
    Operand<TInt32> from =
        tf.math.minimum(
            tf.math.add(tf.expandDims(primed, tf.constant(1)), places),
            tf.math.maximum(tf.math.sub(steps, tf.constant(1)), zero)); // [B, longest]
    Operand<TInt32> rows =
        tf.tile(
            tf.expandDims(tf.range(zero, batch, tf.constant(1)), tf.constant(1)),
            tf.stack(List.of(tf.constant(1), longest)));
    Operand<TFloat32> points = tf.gatherNd(stacked, tf.stack(List.of(from, rows), Stack.axis(2L)));
    Operand<TBool> counts = tf.math.less(places, tf.expandDims(lengths, tf.constant(1)));
    return tf.select(tf.expandDims(counts, tf.constant(2)), points, tf.zerosLike(points));
  }
}
