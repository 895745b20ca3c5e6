// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.graph.internal.SharedSizes;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/**
 * The most probable translations of each sentence, searched in one loop of the graph.
 *
 * <p>Each step continues every beam with every token and keeps the K continuations with the largest
 * log-probability divided by the length penalty of {@link BeamSettings}; equal ones count in the
 * order of beam and token. The end counts in the length. A finished translation stays as it is
 * among the beams, and the search of a sentence is over when all its beams are finished or have as
 * many tokens as its limit allows. Attention, which the beta of the settings weighs, decides the
 * final order only: the attention of all steps up to and including the one that made the end.
 *
 * <p>Sentences do not influence each other.
 */
public final class BeamSearch {
  static final String WHERE = "beam search";

  /** Log-probability of what must not be chosen; infinity would become NaN if it met a zero. */
  static final double NEVER = -1e9;

  /** Coverage below it counts as it: the logarithm of zero would swamp all else. */
  private static final double LEAST = 1e-10;

  /**
   * The table of length penalties has a multiple of so many entries, because TensorFlow calculates
   * the last ones of a shorter table with another power function.
   */
  private static final int VECTOR = 16;

  private BeamSearch() {}

  /**
   * Translations, for each sentence the best first.
   *
   * @param ids {@code [B, K, T]}, T the largest length: ends with the end, if the limit allowed,
   *     then the pad of the settings
   * @param lengths {@code [B, K]}, the end counted
   * @param scores {@code [B, K]}, by which the translations are ordered
   * @param logProbs log-probabilities, {@code [B, K]}
   * @param coverage attention that each source token received, {@code [B, K, S]}
   * @param alignments attention of the best translation, {@code [B, T, S]}: 0 behind its length
   */
  public record Beams(
      Operand<TInt32> ids,
      Operand<TInt32> lengths,
      Operand<TFloat32> scores,
      Operand<TFloat32> logProbs,
      Operand<TFloat32> coverage,
      Operand<TFloat32> alignments) {}

  /**
   * The translation of each sentence that takes the most probable token at each step.
   *
   * @param ids {@code [B, T]}, as in {@link Beams}
   * @param lengths {@code [B]}, the end counted
   * @param logProbs {@code [B]}
   * @param alignments {@code [B, T, S]}
   */
  public record Greedy(
      Operand<TInt32> ids,
      Operand<TInt32> lengths,
      Operand<TFloat32> logProbs,
      Operand<TFloat32> alignments) {}

  /**
   * Builds the search without beams: a beam search with one.
   *
   * @param settings whose beams, alpha and beta do not matter
   * @see #search
   */
  public static Greedy greedy(
      Ops tf,
      BeamSettings settings,
      DecoderStep step,
      int vocabulary,
      Operand<TInt32> sourceLengths,
      Operand<TInt32> limit) {
    Beams one =
        search(
            tf,
            new BeamSettings(1, 0, 0, settings.start(), settings.end(), settings.pad()),
            step,
            vocabulary,
            sourceLengths,
            limit);
    Squeeze.Options beam = Squeeze.axis(List.of(1L));
    return new Greedy(
        tf.squeeze(one.ids, beam),
        tf.squeeze(one.lengths, beam),
        tf.squeeze(one.logProbs, beam),
        one.alignments);
  }

  /**
   * Builds the search. A model whose scores are not numbers fails when the graph runs.
   *
   * @param vocabulary V, the number of tokens
   * @param sourceLengths {@code [B]}
   * @param limit the most tokens of a translation, one number for all sentences or {@code [B]};
   *     below 1 counts as 1. Only with a limit that depends on the sentence alone does a batch give
   *     what its sentences give one by one
   */
  public static Beams search(
      Ops tf,
      BeamSettings settings,
      DecoderStep step,
      int vocabulary,
      Operand<TInt32> sourceLengths,
      Operand<TInt32> limit) {
    settings.requireVocabulary(vocabulary);
    Shapes.require(WHERE, "source lengths", sourceLengths, -1);
    int k = settings.beams();
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> sentences = tf.shape(sourceLengths); // [1]
    Operand<TInt32> rows = tf.math.mul(sentences, tf.constant(k)); // [1]
    Operand<TInt32> limits = tf.broadcastTo(tf.math.maximum(limit, one), sentences); // [B]
    Operand<TInt32> most = tf.math.maximum(tf.reduceMax(limits, zero), one);
    Operand<TInt32> table = tf.concat(List.of(sentences, tf.constant(new int[] {k})), zero);
    Operand<TFloat64> penalties = penalties(tf, settings.alpha(), most);
    Operand<TFloat64> first =
        tf.select(
            tf.math.equal(tf.range(zero, tf.constant(k), one), zero),
            tf.constant(0.0),
            tf.constant(NEVER));

    try (Loop loop = new Loop(tf, "Beams")) {
      Output<TInt32> t = loop.variable(zero);
      Output<TInt32> tokens = loop.variable(tf.fill(rows, tf.constant(settings.start())));
      Output<TFloat64> logProbs = loop.variable(tf.broadcastTo(first, table));
      Output<TInt32> lengths = loop.variable(tf.fill(table, zero));
      Output<TBool> done = loop.variable(tf.fill(table, tf.constant(false)));
      List<Output<TFloat32>> state = new ArrayList<>();
      initial(tf, step, k, sourceLengths).forEach(part -> state.add(loop.variable(part)));
      Output<? extends TType> made =
          loop.variable(tf.tensorListReserve(rows, most, TInt32.class).asOutput());
      Output<? extends TType> parents =
          loop.variable(tf.tensorListReserve(rows, most, TInt32.class).asOutput());
      Output<? extends TType> attention =
          loop.variable(
              tf.tensorListReserve(tf.constant(new int[] {-1, -1}), most, TFloat32.class)
                  .asOutput());

      Ops body = loop.body();
      DecoderStep.Result result = step.step(tf, loop, tokens, List.copyOf(state));
      Shapes.require(WHERE, "logits", result.logits(), -1, vocabulary);
      Shapes.require(WHERE, "alignments", result.alignments(), -1, -1);
      BeamChoice choice =
          BeamChoice.of(
              body, settings, result.logits(), logProbs, lengths, done, loop.invariant(penalties));
      Operand<TInt32> after = body.math.add(t, body.constant(1));
      loop.next(t, after);
      loop.next(tokens, choice.tokens());
      loop.next(logProbs, choice.logProbs());
      loop.next(lengths, choice.lengths());
      loop.next(
          done,
          body.math.logicalOr(
              choice.finished(),
              body.math.greaterEqual(
                  after, body.expandDims(loop.invariant(limits), body.constant(1)))));
      for (int i = 0; i < state.size(); i++) {
        Operand<TFloat32> part = result.state().get(i);
        loop.next(
            state.get(i), k == 1 ? part : body.gather(part, choice.parents(), body.constant(0)));
      }
      loop.next(made, body.tensorListSetItem(made, t, choice.tokens()));
      loop.next(parents, body.tensorListSetItem(parents, t, choice.parents()));
      loop.next(attention, body.tensorListSetItem(attention, t, result.alignments()));
      // a batch without sentences makes a step, too: it tells the width of the alignments
      Loop.Results results =
          loop.build(
              (ops, at) ->
                  ops.math.logicalOr(
                      ops.math.equal(Loop.number(at.apply(t)), ops.constant(0)),
                      ops.reduceAny(
                          ops.math.logicalNot(Loop.flags(at.apply(done))),
                          ops.constant(new int[] {0, 1}))));

      BeamPaths paths =
          BeamPaths.of(
              tf,
              k,
              results.of(t),
              results.of(lengths),
              results.of(made),
              results.of(parents),
              results.of(attention));
      return ordered(
          tf, settings, results.of(logProbs), results.of(lengths), paths, penalties, sourceLengths);
    }
  }

  /** The state before the first step, with a check that each part has its rows. */
  private static List<Operand<TFloat32>> initial(
      Ops tf, DecoderStep step, int beams, Operand<TInt32> sourceLengths) {
    List<StatePart> parts = step.stateParts();
    long known = sourceLengths.shape().isUnknown() ? -1 : sourceLengths.shape().get(0);
    long rows = known < 0 ? -1 : known * beams;
    return SharedSizes.require(
        tf,
        WHERE,
        parts.stream().map(StatePart::name).toList(),
        step.initial(tf, beams),
        parts.stream().map(part -> new long[] {rows, part.size()}).toList(),
        1,
        () -> tf.math.mul(tf.shape(sourceLengths), tf.constant(beams)));
  }

  /** {@code ((5 + n) / 6)^alpha} of each length n up to {@code most}. */
  private static Operand<TFloat64> penalties(Ops tf, float alpha, Operand<TInt32> most) {
    Operand<TInt32> vector = tf.constant(VECTOR);
    Operand<TInt32> entries =
        tf.math.mul(tf.math.add(tf.math.floorDiv(most, vector), tf.constant(1)), vector);
    Operand<TFloat64> lengths =
        tf.dtypes.cast(tf.range(tf.constant(0), entries, tf.constant(1)), TFloat64.class);
    return tf.math.pow(
        tf.math.div(tf.math.add(lengths, tf.constant(5.0)), tf.constant(6.0)),
        tf.constant((double) alpha));
  }

  /** Puts the translations into their final order. */
  private static Beams ordered(
      Ops tf,
      BeamSettings settings,
      Operand<TFloat64> logProbs,
      Operand<TInt32> lengths,
      BeamPaths paths,
      Operand<TFloat64> penalties,
      Operand<TInt32> sourceLengths) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> one = tf.constant(1);
    Operand<TFloat64> scores = tf.math.div(logProbs, tf.gather(penalties, lengths, zero));
    if (settings.beta() > 0) {
      scores =
          tf.math.add(scores, coverageScores(tf, settings.beta(), paths.coverage(), sourceLengths));
    }
    TopK<TFloat64, TInt32> best =
        tf.nn.topK(scores, tf.constant(settings.beams()), TInt32.class); // equal ones in order
    Operand<TInt32> order = best.indices();
    Gather.Options ofSentence = Gather.batchDims(1L);
    Operand<TInt32> sorted = tf.gather(lengths, order, one, ofSentence);
    Operand<TInt32> ids = tf.gather(paths.ids(), order, one, ofSentence);
    Operand<TInt32> places = tf.range(zero, tf.gather(tf.shape(ids), tf.constant(2), zero), one);
    Operand<TBool> counts = tf.math.less(places, tf.expandDims(sorted, tf.constant(2)));
    Operand<TInt32> winner = tf.gather(order, zero, one); // [B]
    return new Beams(
        tf.select(counts, ids, tf.constant(settings.pad())),
        sorted,
        tf.dtypes.cast(best.values(), TFloat32.class),
        tf.dtypes.cast(tf.gather(logProbs, order, one, ofSentence), TFloat32.class),
        tf.gather(paths.coverage(), order, one, ofSentence),
        paths.alignments(tf, settings.beams(), winner));
  }

  /**
   * What the attention adds to the scores, {@code [B, K]}; rounded, so that equal coverage adds
   * equally much wherever in a batch it stands.
   */
  private static Operand<TFloat64> coverageScores(
      Ops tf, float beta, Operand<TFloat32> coverage, Operand<TInt32> sourceLengths) {
    Operand<TFloat64> attended = tf.dtypes.cast(coverage, TFloat64.class);
    Operand<TFloat64> logs =
        tf.math.log(
            tf.math.minimum(tf.math.maximum(attended, tf.constant(LEAST)), tf.constant(1.0)));
    Operand<TInt32> places =
        tf.range(
            tf.constant(0),
            tf.gather(tf.shape(coverage), tf.constant(2), tf.constant(0)),
            tf.constant(1));
    Operand<TInt32> shaped = tf.reshape(sourceLengths, tf.constant(new int[] {-1, 1, 1}));
    Operand<TFloat64> sum =
        tf.reduceSum(
            tf.select(tf.math.less(places, shaped), logs, tf.constant(0.0)), tf.constant(2));
    return tf.dtypes.cast(
        tf.dtypes.cast(tf.math.mul(sum, tf.constant((double) beta)), TFloat32.class),
        TFloat64.class);
  }
}
