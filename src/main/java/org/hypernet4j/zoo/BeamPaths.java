// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.graph.internal.Loop;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The way of each final beam through the steps, found from its end: a walk back over the parents
 * touches one row of integers a step, where the forward loop would have to rearrange all that the
 * beams have made so far at each step.
 *
 * @param ids {@code [B, K, T]}
 * @param coverage sums of the attention over the steps that count, {@code [B, K, S]}
 * @param steps attention of each step, {@code [T, B * K, S]}: 0 behind a beam's length
 */
record BeamPaths(Operand<TInt32> ids, Operand<TFloat32> coverage, Operand<TFloat32> steps) {

  /**
   * Builds the walk.
   *
   * @param count T, at least 1
   * @param lengths {@code [B, K]}
   * @param made list of T times {@code [B * K]}: tokens
   * @param parents list of T times {@code [B * K]}: the row before the step that each row continues
   * @param attention list of T times {@code [B * K, S]}, by the rows before the step
   */
  static BeamPaths of(
      Ops tf,
      int beams,
      Operand<TInt32> count,
      Operand<TInt32> lengths,
      Operand<? extends TType> made,
      Operand<? extends TType> parents,
      Operand<? extends TType> attention) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> flat = tf.reshape(lengths, tf.constant(new int[] {-1}));
    Operand<TInt32> rows = tf.shape(flat); // [1]
    // S stands in the list only: its first tensor tells
    Operand<TInt32> shape =
        tf.shape(
            tf.tensorListGetItem(attention, zero, tf.constant(new int[] {-1, -1}), TFloat32.class));
    try (Loop loop = new Loop(tf, "BeamPaths")) {
      Output<TInt32> left = loop.variable(count);
      Output<TInt32> at = loop.variable(tf.range(zero, tf.gather(rows, zero, zero), one));
      Output<TFloat32> sums = loop.variable(tf.fill(shape, tf.constant(0f)));
      Output<? extends TType> tokens =
          loop.variable(tf.tensorListReserve(rows, count, TInt32.class).asOutput());
      Output<? extends TType> kept =
          loop.variable(tf.tensorListReserve(shape, count, TFloat32.class).asOutput());

      Ops body = loop.body();
      Operand<TInt32> bodyZero = body.constant(0);
      Operand<TInt32> t = body.math.sub(left, body.constant(1));
      Operand<TInt32> some = body.constant(new int[] {-1});
      Operand<TInt32> from =
          body.gather(
              body.tensorListGetItem(loop.invariant(parents.asOutput()), t, some, TInt32.class),
              at,
              bodyZero);
      Operand<TInt32> token =
          body.gather(
              body.tensorListGetItem(loop.invariant(made.asOutput()), t, some, TInt32.class),
              at,
              bodyZero);
      Operand<TFloat32> attended =
          body.gather(
              body.tensorListGetItem(
                  loop.invariant(attention.asOutput()),
                  t,
                  body.constant(new int[] {-1, -1}),
                  TFloat32.class),
              from,
              bodyZero);
      Operand<TBool> counts =
          body.expandDims(body.math.less(t, loop.invariant(flat)), body.constant(1));
      Operand<TFloat32> counted = body.select(counts, attended, body.constant(0f));
      loop.next(left, t);
      loop.next(at, from);
      loop.next(sums, body.math.add(sums, counted));
      loop.next(tokens, body.tensorListSetItem(tokens, t, token));
      loop.next(kept, body.tensorListSetItem(kept, t, counted));
      Loop.Results results =
          loop.build(
              (ops, values) -> ops.math.greater(Loop.number(values.apply(left)), ops.constant(0)));

      Operand<TInt32> stacked = tf.tensorListStack(results.of(tokens), rows, TInt32.class);
      Operand<TInt32> perBeam = tf.constant(new int[] {beams});
      Operand<TInt32> any = tf.constant(new int[] {-1});
      Operand<TInt32> width =
          tf.slice(shape, tf.constant(new int[] {1}), tf.constant(new int[] {1}));
      Operand<TInt32> sentences = tf.math.floorDiv(rows, perBeam);
      return new BeamPaths(
          tf.reshape(
              IdAxes.exchanged(tf, stacked),
              tf.concat(List.of(sentences, perBeam, tf.reshape(count, any)), zero)),
          tf.reshape(results.of(sums), tf.concat(List.of(sentences, perBeam, width), zero)),
          tf.tensorListStack(results.of(kept), shape, TFloat32.class));
    }
  }

  /**
   * The attention of one beam of each sentence, {@code [B, T, S]}.
   *
   * @param beam its place among the K of the sentence, {@code [B]}
   */
  Operand<TFloat32> alignments(Ops tf, int beams, Operand<TInt32> beam) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> sentence = tf.range(zero, tf.gather(tf.shape(beam), zero, zero), one);
    Operand<TInt32> rows = tf.math.add(tf.math.mul(sentence, tf.constant(beams)), beam);
    return tf.linalg.transpose(tf.gather(steps, rows, one), tf.constant(new int[] {1, 0, 2}));
  }
}
