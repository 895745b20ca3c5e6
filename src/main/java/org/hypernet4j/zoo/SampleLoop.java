// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * Text from a language model in one loop of the graph: reads a prompt, then draws symbol after
 * symbol as {@link SymbolDraw} does. Rows are independent of each other, each with settings of its
 * own.
 */
public final class SampleLoop {
  /** The most symbols that a request can make: one bad number must not keep a server busy. */
  public static final int MOST = 1 << 16;

  /** The padding after the symbols of a row that requests fewer than another. */
  public static final int NOTHING = -1;

  private SampleLoop() {}

  /**
   * A request, one row for each prompt.
   *
   * @param prompt ids, {@code [B, P]}
   * @param lengths number of ids of the prompt that count, {@code [B]}; P at most
   * @param count number of symbols to make, {@code [B]}; 0 to {@link #MOST}
   * @param temperature {@code [B]}; 0, negative values and NaN select the most probable symbol
   * @param topK {@code [B]}; 0 and negative values stand for all symbols
   * @param seed {@code [B]}
   */
  public record Request(
      Operand<TInt32> prompt,
      Operand<TInt32> lengths,
      Operand<TInt32> count,
      Operand<TFloat32> temperature,
      Operand<TInt32> topK,
      Operand<TInt64> seed) {
    /** Checks the shapes. */
    public Request {
      Shapes.require("sample", "prompt", prompt, -1, -1);
      for (Operand<?> each : List.of(lengths, count, temperature, topK, seed)) {
        Shapes.require("sample", each.op().name(), each, -1);
      }
    }

    /** This request, with a check when the graph runs that each row has settings of its own. */
    private Request forEachPrompt(Ops tf) {
      List<Operand<TInt32>> numbers = perRow(tf, List.of(lengths, count, topK));
      return new Request(
          prompt,
          numbers.get(0),
          numbers.get(1),
          perRow(tf, List.of(temperature)).get(0),
          numbers.get(2),
          perRow(tf, List.of(seed)).get(0));
    }

    private <T extends TType> List<Operand<T>> perRow(Ops tf, List<Operand<T>> settings) {
      long batch = prompt.shape().isUnknown() ? -1 : prompt.shape().get(0);
      return SharedSizes.require(
          tf,
          "sample",
          settings.stream().map(each -> each.op().name()).toList(),
          settings,
          Collections.nCopies(settings.size(), new long[] {batch}),
          1,
          () -> tf.slice(tf.shape(prompt), tf.constant(new int[] {0}), tf.constant(new int[] {1})));
    }
  }

  /**
   * Builds the loop.
   *
   * @param symbols ids from here on are never drawn: those that the vocabulary does not have
   * @param start the symbol that is read where a prompt is empty
   * @return ids, {@code [B, largest count]}; after a row's own count {@link #NOTHING}
   */
  public static Operand<TInt32> build(
      Ops tf, LanguageModel model, int symbols, int start, Request given) {
    Request request = given.forEachPrompt(tf);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> shape = tf.shape(request.prompt);
    Operand<TInt32> batch = tf.gather(shape, zero, zero);
    Operand<TInt32> width = tf.gather(shape, one, zero);
    Operand<TInt32> count =
        tf.math.minimum(tf.math.maximum(request.count, zero), tf.constant(MOST));
    Operand<TInt32> lengths = tf.math.minimum(request.lengths, width);
    Operand<TInt32> begin = tf.math.maximum(lengths, one); // symbols read before the first is drawn

    // one column more, so that an empty prompt, too, has a first symbol: the start
    Operand<TInt32> wider =
        tf.concat(List.of(request.prompt, tf.fill(tf.stack(List.of(batch, one)), zero)), one);
    Operand<TInt32> columns = tf.range(zero, tf.math.add(width, one), one);
    Operand<TInt32> prompt =
        tf.select(tf.math.less(columns, tf.expandDims(lengths, one)), wider, tf.constant(start));
    Operand<TInt32> rowSteps =
        tf.select(tf.math.greater(count, zero), tf.math.sub(tf.math.add(begin, count), one), zero);
    Operand<TInt32> steps = largest(tf, rowSteps);

    Operand<TInt32> drawn; // [B, steps]: the symbol after each step
    try (Loop loop = new Loop(tf, "Sample")) {
      Ops body = loop.body();
      Output<TInt32> t = loop.variable(zero);
      Output<TInt32> current = loop.variable(column(tf, prompt, zero));
      List<Operand<TFloat32>> state = new ArrayList<>();
      model.zeroState(tf, batch).forEach(part -> state.add(loop.variable(part)));
      Output<? extends TType> made =
          loop.variable(
              tf.tensorListReserve(tf.stack(List.of(batch)), steps, TInt32.class).asOutput());
      Output<TInt32> end = loop.invariant(steps);
      Output<TInt32> first = loop.invariant(begin);

      LanguageModel.Scores scores = model.stepInLoop(tf, loop, current, state);
      Operand<TInt32> after = body.math.add(t, body.constant(1));
      Operand<TInt32> choice =
          GraphDraw.choose(
              body,
              body.slice(
                  scores.logits(),
                  body.constant(new int[] {0, 0}),
                  body.constant(new int[] {-1, symbols})),
              loop.invariant(request.temperature),
              loop.invariant(request.topK),
              loop.invariant(request.seed),
              body.dtypes.cast(body.math.sub(after, first), TInt64.class));
      Operand<TInt32> known =
          column(body, loop.invariant(prompt), body.math.minimum(after, loop.invariant(width)));
      Operand<TInt32> next = body.select(body.math.less(after, first), known, choice);
      loop.next(t, after);
      loop.next(current, next);
      for (int i = 0; i < state.size(); i++) {
        loop.next(state.get(i).asOutput(), scores.state().get(i));
      }
      loop.next(made, body.tensorListSetItem(made, t, next));
      Loop.Results results =
          loop.build(
              (ops, at) -> ops.math.less(Loop.number(at.apply(t)), Loop.number(at.apply(end))));
      drawn =
          IdAxes.exchanged(
              tf, tf.tensorListStack(results.of(made), tf.stack(List.of(batch)), TInt32.class));
    }

    Operand<TInt32> places = tf.range(zero, largest(tf, count), one);
    Operand<TInt32> from =
        tf.math.minimum(
            tf.math.add(tf.expandDims(tf.math.sub(begin, one), one), places),
            tf.math.maximum(tf.math.sub(steps, one), zero));
    return tf.select(
        tf.math.less(places, tf.expandDims(count, one)),
        tf.gather(drawn, from, one, Gather.batchDims(1L)),
        tf.constant(NOTHING));
  }

  private static Operand<TInt32> column(Ops tf, Operand<TInt32> matrix, Operand<TInt32> at) {
    return tf.gather(matrix, at, tf.constant(1));
  }

  /** The largest of some numbers, 0 if there are none or all are negative. */
  private static Operand<TInt32> largest(Ops tf, Operand<TInt32> numbers) {
    return tf.math.maximum(tf.reduceMax(numbers, tf.constant(0)), tf.constant(0));
  }
}
