// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.graph.internal.Loop;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A decoder that looks everything up: logits by sentence, last token but one and last token,
 * attention by sentence and last token. Its state is the token read before, so that a search that
 * does not move the state with the beams goes wrong.
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record TableDecoder(
    int sentences, int memory, int vocabulary, int width, float[] logits, float[] attention) {

  /**
   * A random one.
   *
   * @param memory number of tokens that the last but one is told apart by: 1 for none
   * @param width S; sentence b has {@code max(1, S - b % S)} source tokens
   */
  static TableDecoder random(long seed, int sentences, int memory, int vocabulary, int width) {
    Random random = new Random(seed);
    float[] logits = new float[sentences * memory * vocabulary * vocabulary];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (2 * random.nextGaussian());
    }
    TableDecoder table =
        new TableDecoder(
            sentences,
            memory,
            vocabulary,
            width,
            logits,
            new float[sentences * vocabulary * width]);
    for (int row = 0; row < sentences * vocabulary; row++) {
      int length = table.sourceLengths()[row / vocabulary];
      double sum = 0;
      double[] weights = new double[length];
      for (int s = 0; s < length; s++) {
        weights[s] = Math.exp(2 * random.nextGaussian());
        sum += weights[s];
      }
      for (int s = 0; s < length; s++) {
        table.attention[row * width + s] = (float) (weights[s] / sum);
      }
    }
    return table;
  }

  int[] sourceLengths() {
    int[] lengths = new int[sentences];
    Arrays.setAll(lengths, b -> width - b % width);
    return lengths;
  }

  /** The same in plain Java. */
  PlainBeams.Model plain(int sentence) {
    return new PlainBeams.Model() {
      @Override
      public float[] logits(List<Integer> read) {
        int last = read.get(read.size() - 1);
        int before = read.size() < 2 ? 0 : read.get(read.size() - 2) % memory;
        int row = (sentence * memory + before) * vocabulary + last;
        return Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
      }

      @Override
      public float[] attention(List<Integer> read) {
        int row = sentence * vocabulary + read.get(read.size() - 1);
        return Arrays.copyOfRange(attention, row * width, (row + 1) * width);
      }
    };
  }

  /**
   * The same in a graph.
   *
   * @param which sentences of the table that make up the batch, {@code [B]}
   */
  DecoderStep step(Ops tf, Operand<TInt32> which) {
    Operand<TFloat32> logitRows =
        tf.reshape(
            tf.constant(logits),
            tf.constant(new int[] {sentences, memory, vocabulary, vocabulary}));
    Operand<TFloat32> attentionRows =
        tf.reshape(tf.constant(attention), tf.constant(new int[] {sentences, vocabulary, width}));
    return new DecoderStep() {
      private int beams;

      @Override
      public List<StatePart> stateParts() {
        return List.of(new StatePart("before", 1));
      }

      @Override
      public List<Operand<TFloat32>> initial(Ops ops, int beams) {
        this.beams = beams;
        Operand<TInt32> rows = ops.math.mul(ops.shape(which), ops.constant(beams));
        return List.of(
            ops.fill(
                ops.concat(List.of(rows, ops.constant(new int[] {1})), ops.constant(0)),
                ops.constant(0f)));
      }

      @Override
      public Result step(
          Ops ops, Loop loop, Operand<TInt32> tokens, List<? extends Operand<TFloat32>> state) {
        Ops body = loop.body();
        Operand<TInt32> number =
            body.range(
                body.constant(0),
                body.gather(body.shape(tokens), body.constant(0), body.constant(0)),
                body.constant(1));
        Operand<TInt32> sentence =
            body.gather(
                loop.invariant(which),
                body.math.floorDiv(number, body.constant(beams)),
                body.constant(0));
        Operand<TInt32> before =
            body.math.floorMod(
                body.reshape(
                    body.dtypes.cast(state.get(0), TInt32.class), body.constant(new int[] {-1})),
                body.constant(memory));
        return new Result(
            body.gatherNd(
                loop.invariant(logitRows),
                body.stack(List.of(sentence, before, tokens), Stack.axis(1L))),
            body.gatherNd(
                loop.invariant(attentionRows),
                body.stack(List.of(sentence, tokens), Stack.axis(1L))),
            List.of(body.expandDims(body.dtypes.cast(tokens, TFloat32.class), body.constant(1))));
      }
    };
  }
}
