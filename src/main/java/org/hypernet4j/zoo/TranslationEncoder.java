// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.unroll.Bidirectional;
import org.hypernet4j.unroll.ScanOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Reads a sentence: a layer in both directions, then layers forwards (GNMT, arXiv:1609.08144). From
 * the third layer on a layer's input is added to its output.
 *
 * <p>The first layer above the two directions reads their outputs side by side, the others the
 * output of the layer below.
 */
public final class TranslationEncoder {
  private static final String WHERE = "encoder of a translation model";

  /** The first layer whose input is added to its output, counted from 0. */
  static final int FIRST_RESIDUAL = 2;

  private final PartsCell<?> forwards;
  private final PartsCell<?> backwards;
  private final List<PartsCell<?>> upper = new ArrayList<>();

  /**
   * What was read.
   *
   * @param outputs those of the top layer, {@code [S, B, N]}, zeros behind a sentence's end
   * @param states the last state of each layer; of the lowest that of the direction backwards,
   *     which has read the whole sentence at its first word
   */
  record Read(Operand<TFloat32> outputs, List<List<Operand<TFloat32>>> states) {}

  /**
   * Puts the layers together.
   *
   * @param forwards reads embeddings {@code [S, B, e]}
   * @param backwards reads the same from the end
   * @param upper the layers above, bottom first; none for an encoder of one layer
   * @throws UserError if the sizes do not fit
   */
  public TranslationEncoder(
      RnnCell<?> forwards, RnnCell<?> backwards, List<? extends RnnCell<?>> upper) {
    requireInput("the cell backwards", forwards.inputSize(), backwards);
    this.forwards = PartsCell.of(WHERE + "/forwards", forwards);
    this.backwards = PartsCell.of(WHERE + "/backwards", backwards);
    int below = forwards.outputSize() + backwards.outputSize();
    for (int i = 0; i < upper.size(); i++) {
      RnnCell<?> cell = upper.get(i);
      int layer = i + 1;
      requireInput("layer " + layer, below, cell);
      if (layer >= FIRST_RESIDUAL && cell.outputSize() != below) {
        throw UserError.in(WHERE + ", layer " + layer)
            .what("input and output cannot be added")
            .expected("an output of " + below + ", as the layer below")
            .received(cell.outputSize())
            .build();
      }
      this.upper.add(PartsCell.of(WHERE + "/layer" + layer, cell));
      below = cell.outputSize();
    }
  }

  private static void requireInput(String cell, int expected, RnnCell<?> given) {
    if (given.inputSize() != expected) {
      throw UserError.in(WHERE + ", " + cell)
          .what("the input size is not that of what the cell reads")
          .expected(expected)
          .received(given.inputSize())
          .build();
    }
  }

  /** Size of the embeddings that are read, e. */
  public int inputSize() {
    return forwards.cell().inputSize();
  }

  /** Size of the top layer's output: that of the attention's memory. */
  public int outputSize() {
    return upper.isEmpty()
        ? forwards.cell().outputSize() + backwards.cell().outputSize()
        : upper.get(upper.size() - 1).cell().outputSize();
  }

  /** Number of layers, the one in both directions counted once. */
  public int layers() {
    return 1 + upper.size();
  }

  /** The parts of the state that {@link Read#states} has of a layer. */
  List<StatePart> stateParts(int layer) {
    return layer == 0 ? backwards.parts() : upper.get(layer - 1).parts();
  }

  /** All cells, for the check of the dropout. */
  List<RnnCell<?>> cells() {
    List<RnnCell<?>> all = new ArrayList<>(List.of(forwards.cell(), backwards.cell()));
    upper.forEach(cell -> all.add(cell.cell()));
    return all;
  }

  /**
   * Reads sentences.
   *
   * @param embedded {@code [S, B, e]}
   * @param lengths pieces of each sentence, {@code [B]}
   * @param drops the dropout, or null for none, and then no gradient can be taken
   */
  Read read(
      Ops tf,
      Operand<TFloat32> embedded,
      Operand<TInt32> lengths,
      @Nullable TranslationDropout drops) {
    List<List<Operand<TFloat32>>> states = new ArrayList<>();
    Operand<TFloat32> outputs = both(tf, forwards, backwards, embedded, lengths, drops, states);
    for (int i = 0; i < upper.size(); i++) {
      PartsCell<?> cell = upper.get(i);
      String name = "encoder/layer" + (i + 1);
      Operand<TFloat32> x = drops == null ? outputs : drops.input(tf, name, outputs);
      ScanOptions options = options(tf, cell, name, x, drops).withLengths(lengths);
      PartsCell.Outputs ran =
          cell.scan(tf, x, cell.zeroState(tf, TranslationModel.size(tf, x, 1)), options);
      outputs = i + 1 >= FIRST_RESIDUAL ? tf.math.add(ran.outputs(), outputs) : ran.outputs();
      states.add(ran.state());
    }
    return new Read(outputs, states);
  }

  private static <S, R> Operand<TFloat32> both(
      Ops tf,
      PartsCell<S> forwards,
      PartsCell<R> backwards,
      Operand<TFloat32> embedded,
      Operand<TInt32> lengths,
      @Nullable TranslationDropout drops,
      List<List<Operand<TFloat32>>> states) {
    Operand<TFloat32> x = drops == null ? embedded : drops.input(tf, "encoder/layer0", embedded);
    ScanOptions options = options(tf, forwards, "encoder/forwards", x, drops);
    List<Operand<TFloat32>> masks = new ArrayList<>(options.masks());
    masks.addAll(options(tf, backwards, "encoder/backwards", x, drops).masks());
    Operand<TInt32> batch = TranslationModel.size(tf, x, 1);
    Bidirectional<S, R> ran =
        Bidirectional.run(
            tf,
            forwards.cell(),
            forwards.cell().zeroState(tf, batch),
            backwards.cell(),
            backwards.cell().zeroState(tf, batch),
            x,
            options.withMasks(masks).withLengths(lengths));
    states.add(backwards.cell().stateLayout().tensors(ran.backwards()));
    return ran.outputs();
  }

  /** The options of a scan of one cell. */
  static ScanOptions options(
      Ops tf,
      PartsCell<?> cell,
      String name,
      Operand<TFloat32> x,
      @Nullable TranslationDropout drops) {
    return drops == null
        ? ScanOptions.inference()
        : ScanOptions.training()
            .withMasks(drops.masks(tf, name, cell.cell(), x))
            .withXla(drops.training().xla());
  }
}
