// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.AttentionMemory;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Precision;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Loop;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A translator of HyperNetworks, section 4.6: the encoder and decoder of GNMT (arXiv:1609.08144),
 * each of their cells a HyperLSTM or any other cell, and one table of pieces for both languages.
 *
 * <p>Parameters besides those of encoder and decoder: {@code embedding [V, e]} and {@code
 * softmax/kernel [N, V]}, without a bias as in tensorflow/nmt.
 *
 * <p>Ids are batch-major, {@code [B, S]} and {@code [B, T]}; a sentence that is written begins with
 * the start's id and ends with the end's.
 */
public final class TranslationModel {
  private static final String WHERE = "translation model";

  private final TranslationEncoder encoder;
  private final TranslationDecoder decoder;
  private final Operand<TFloat32> embedding;
  private final Operand<TFloat32> kernel;
  private final Keep keep;
  private final int pieces;
  private final boolean passState;

  /**
   * Sentences that were read.
   *
   * @param memory what the decoder attends to
   * @param lengths pieces of each sentence, {@code [B]}
   * @param state the decoder's state before its first step, a tensor {@code [B, size]} for each of
   *     {@link #stateParts}
   */
  public record Encoded(
      AttentionMemory memory, Operand<TInt32> lengths, List<Operand<TFloat32>> state) {}

  /**
   * Sentences that were written under guidance.
   *
   * @param outputs those of the top layer, {@code [T, B, N]}, of which {@link #logits} are made
   * @param queries the lowest layer's outputs, which the attention was asked with, {@code [T, B,
   *     N]}
   */
  public record Written(Operand<TFloat32> outputs, Operand<TFloat32> queries) {}

  /**
   * Creates the parameters of embedding and softmax.
   *
   * @param scope of the whole model
   * @param pieces V, the ids of both languages
   * @param initializer of embedding and softmax
   * @param keep dropout: {@code input} of every cell's input, {@code output} of the top layer's
   *     output, {@code recurrent} and {@code hyperRecurrent} inside the cells; {@code between} must
   *     be 1
   * @param passState whether each layer of the decoder begins with the last state of the encoder's
   *     layer of the same number, as in tensorflow/nmt; otherwise with zeros, as in GNMT
   * @throws UserError if sizes or states do not fit
   */
  public TranslationModel(
      ParameterScope scope,
      int pieces,
      TranslationEncoder encoder,
      TranslationDecoder decoder,
      Initializer initializer,
      Keep keep,
      boolean passState) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.pieces = pieces;
    this.keep = keep;
    this.passState = passState;
    if (encoder.inputSize() != decoder.inputSize()) {
      throw UserError.in(WHERE)
          .what("one embedding serves encoder and decoder, but they read different sizes")
          .expected("the encoder's " + encoder.inputSize())
          .received(decoder.inputSize())
          .build();
    }
    if (decoder.attention().settings().memorySize() != encoder.outputSize()) {
      throw UserError.in(WHERE)
          .what("the attention does not fit the encoder")
          .expected("a memory of size " + encoder.outputSize())
          .received(decoder.attention().settings().memorySize())
          .build();
    }
    if (keep.between() < 1) {
      throw UserError.in(WHERE + ", keep, between")
          .what("the dropout between layers is that of the inputs here")
          .expected(1.0)
          .received(keep.between())
          .next("set 'input' instead")
          .build();
    }
    if (passState) {
      requirePassing();
    }
    encoder.cells().forEach(cell -> TranslationDropout.shares(cell, keep));
    decoder.requireMasks(keep);
    embedding =
        scope.value("embedding", Shape.of(pieces, encoder.inputSize()), initializer, Role.KERNEL);
    kernel =
        scope
            .child("softmax")
            .value("kernel", Shape.of(decoder.outputSize(), pieces), initializer, Role.KERNEL);
  }

  private void requirePassing() {
    if (encoder.layers() != decoder.layers()) {
      throw UserError.in(WHERE)
          .what(
              "the encoder's states are passed on layer by layer, but the layers differ in number")
          .expected("as many layers in the decoder as in the encoder, " + encoder.layers())
          .received(decoder.layers())
          .next("let the decoder begin with zeros, or change a number of layers")
          .build();
    }
    for (int i = 0; i < encoder.layers(); i++) {
      List<Integer> given = encoder.stateParts(i).stream().map(StatePart::size).toList();
      List<Integer> wanted = decoder.layerParts(i).stream().map(StatePart::size).toList();
      wanted = i == 0 ? wanted.subList(0, wanted.size() - 1) : wanted; // the context begins at 0
      if (!given.equals(wanted)) {
        throw UserError.in(WHERE + ", layer " + i)
            .what("the encoder's state is not one that the decoder can begin with")
            .expected("parts of the sizes " + wanted)
            .received(given)
            .next("use one kind of cell in both, or let the decoder begin with zeros")
            .build();
      }
    }
  }

  /** V, the number of ids. */
  public int pieces() {
    return pieces;
  }

  /** The parts of the decoder's state; {@code layer0/context} is the context. */
  public List<StatePart> stateParts() {
    return decoder.stateParts();
  }

  /** Size of what the decoder attends to, D. */
  public int memorySize() {
    return encoder.outputSize();
  }

  /** Size of a key, A. */
  public int keySize() {
    return decoder.attention().settings().units();
  }

  /**
   * Reads sentences.
   *
   * @param source ids {@code [B, S]}; what is behind a sentence's length has no influence
   * @param lengths pieces of each sentence, {@code [B]}; at least 1 each, checked when the graph
   *     runs, but for training, whose batches have no empty sentence
   * @param training decides the dropout; null for none, and then no gradient can be taken
   */
  public Encoded encode(
      Ops tf, Operand<TInt32> source, Operand<TInt32> lengths, @Nullable TrainingStep training) {
    Shapes.require(WHERE, "source", source, -1, -1);
    TranslationEncoder.Read read =
        encoder.read(tf, embed(tf, IdAxes.exchanged(tf, source)), lengths, drops(training));
    Operand<TFloat32> memory =
        tf.linalg.transpose(read.outputs(), tf.constant(new int[] {1, 0, 2}));
    Operand<TInt32> batch = size(tf, source, 0);
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (int i = 0; i < decoder.layers(); i++) {
      List<StatePart> parts = decoder.layerParts(i);
      for (int p = 0; p < parts.size(); p++) {
        boolean passed = passState && p < read.states().get(i).size();
        state.add(
            passed
                ? read.states().get(i).get(p)
                : tf.fill(
                    tf.stack(List.of(batch, tf.constant(parts.get(p).size()))), tf.constant(0f)));
      }
    }
    return new Encoded(
        training == null
            ? decoder.attention().over(tf, memory, lengths)
            : decoder.attention().overChecked(tf, memory, lengths),
        lengths,
        state);
  }

  /** Sentences that {@link #encode} has read, from the tensors that a server has passed on. */
  public AttentionMemory memory(
      Ops tf, Operand<TFloat32> memory, Operand<TFloat32> keys, Operand<TInt32> lengths) {
    return decoder.attention().over(tf, memory, keys, lengths);
  }

  /**
   * Writes given sentences.
   *
   * @param inputs the id before each that is to be predicted, the start's first: {@code [B, T]}
   * @param lengths steps that count, {@code [B]}
   * @param training as for {@link #encode}
   */
  public Written write(
      Ops tf,
      Encoded encoded,
      Operand<TInt32> inputs,
      Operand<TInt32> lengths,
      @Nullable TrainingStep training) {
    Shapes.require(WHERE, "inputs", inputs, -1, -1);
    TranslationDropout drops = drops(training);
    TranslationDecoder.Written written =
        decoder.write(
            tf,
            embed(tf, IdAxes.exchanged(tf, inputs)),
            lengths,
            encoded.memory(),
            layers(encoded.state()),
            drops);
    return new Written(
        drops == null ? written.outputs() : drops.output(tf, written.outputs()), written.queries());
  }

  /**
   * How much speaks for each piece.
   *
   * @param outputs of the top layer, {@code [rows, N]}
   * @return {@code [rows, V]}
   */
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> outputs) {
    return Precision.of(tf).matMul(tf, outputs, kernel);
  }

  /**
   * The loss of what was written.
   *
   * @param targets the id that each step should predict, {@code [B, T]}
   * @param lengths steps that count, {@code [B]}
   * @param smoothing as for {@link TranslationLoss#of}
   */
  public TranslationLoss loss(
      Ops tf, Written written, Operand<TInt32> targets, Operand<TInt32> lengths, float smoothing) {
    return TranslationLoss.of(
        tf, rows -> logits(tf, rows), written.outputs(), targets, lengths, smoothing);
  }

  /**
   * How much of each source piece every step has read.
   *
   * @param queries {@link Written#queries}
   * @return {@code [B, T, S]}
   */
  public Operand<TFloat32> alignments(Ops tf, Encoded encoded, Operand<TFloat32> queries) {
    return encoded
        .memory()
        .alignments(
            tf,
            CellValues.make(tf),
            tf.linalg.transpose(queries, tf.constant(new int[] {1, 0, 2})));
  }

  /**
   * How much the weights that a hypernetwork makes for the lowest layer of the decoder change from
   * one piece to the next.
   *
   * @param inputs as for {@link #write}
   * @return {@code [T - 1, B]} by the name of a weight and its gate, {@code W_h_i}; none for cells
   *     whose weights are constant
   */
  public Map<String, Operand<TFloat32>> changes(Ops tf, Encoded encoded, Operand<TInt32> inputs) {
    return decoder.changes(
        tf, embed(tf, IdAxes.exchanged(tf, inputs)), encoded.memory(), layers(encoded.state()));
  }

  /**
   * One step, for writing piece by piece.
   *
   * @param tokens the last id of each row, {@code [B]}
   * @param state a tensor {@code [B, size]} for each of {@link #stateParts}
   */
  public DecoderStep.Result step(
      Ops tf,
      AttentionMemory memory,
      Operand<TInt32> tokens,
      List<? extends Operand<TFloat32>> state) {
    return step(tf, CellValues.make(tf), memory, 1, embedding, kernel, tokens, state);
  }

  /** The step in a loop that searches for the best translation of what was read. */
  public DecoderStep searching(Encoded encoded) {
    return new Searching(encoded);
  }

  private final class Searching implements DecoderStep {
    private final Encoded encoded;
    private int beams = 1;

    Searching(Encoded encoded) {
      this.encoded = encoded;
    }

    @Override
    public List<StatePart> stateParts() {
      return decoder.stateParts();
    }

    @Override
    public List<Operand<TFloat32>> initial(Ops tf, int count) {
      beams = count;
      if (count == 1) {
        return encoded.state();
      }
      Operand<TInt32> rows = tf.math.mul(size(tf, encoded.lengths(), 0), tf.constant(count));
      Operand<TInt32> sentence =
          tf.math.floorDiv(tf.range(tf.constant(0), rows, tf.constant(1)), tf.constant(count));
      List<Operand<TFloat32>> tiled = new ArrayList<>();
      encoded.state().forEach(part -> tiled.add(tf.gather(part, sentence, tf.constant(0))));
      return tiled;
    }

    @Override
    public Result step(
        Ops tf, Loop loop, Operand<TInt32> tokens, List<? extends Operand<TFloat32>> state) {
      return TranslationModel.this.step(
          loop.body(),
          CellValues.make(tf).inLoop(loop::invariant),
          encoded.memory(),
          beams,
          loop.invariant(embedding),
          loop.invariant(kernel),
          tokens,
          state);
    }
  }

  private DecoderStep.Result step(
      Ops tf,
      CellValues values,
      AttentionMemory memory,
      int beams,
      Operand<TFloat32> embedding,
      Operand<TFloat32> kernel,
      Operand<TInt32> tokens,
      List<? extends Operand<TFloat32>> state) {
    Operand<TFloat32> embedded = tf.gather(embedding, tokens, tf.constant(0));
    TranslationDecoder.Step step = decoder.step(tf, values, embedded, state, memory, beams);
    return new DecoderStep.Result(
        Precision.of(tf).matMul(tf, step.output(), kernel), step.alignments(), step.state());
  }

  private List<List<Operand<TFloat32>>> layers(List<Operand<TFloat32>> state) {
    List<List<Operand<TFloat32>>> layers = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < decoder.layers(); i++) {
      int to = at + decoder.layerParts(i).size();
      layers.add(state.subList(at, to));
      at = to;
    }
    return layers;
  }

  private @Nullable TranslationDropout drops(@Nullable TrainingStep training) {
    return training == null ? null : new TranslationDropout(keep, training);
  }

  private Operand<TFloat32> embed(Ops tf, Operand<TInt32> ids) {
    return tf.gather(embedding, ids, tf.constant(0));
  }

  /** One size of a tensor, a scalar. */
  static Operand<TInt32> size(Ops tf, Operand<?> tensor, int axis) {
    return tf.gather(tf.shape(tensor), tf.constant(axis), tf.constant(0));
  }
}
