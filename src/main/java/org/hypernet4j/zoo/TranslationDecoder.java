// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.AttendingCell;
import org.hypernet4j.cell.Attention;
import org.hypernet4j.cell.AttentionCell;
import org.hypernet4j.cell.AttentionMemory;
import org.hypernet4j.cell.AttentionState;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanResult;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Writes a sentence while it attends to another (GNMT, arXiv:1609.08144): the lowest layer reads
 * the embedding of the last word and the last context, its output is the query, and the context
 * goes to every layer above. From the third layer on the output of the layer below, without the
 * context, is added to a layer's output.
 *
 * <pre>
 * h1_i  = cell_1([y_(i-1) ; a_(i-1)])                    a_0 = 0
 * a_i   = sum over s of p_s m_s,   p = softmax(score(h1_i, m))
 * hl_i  = cell_l([h(l-1)_i ; a_i])  (+ h(l-1)_i)         with the form gnmt a_(i-1)
 * </pre>
 *
 * <p>Only the lowest layer needs a loop that attends: with a given sentence its contexts are known
 * afterwards, and the others are ordinary scans.
 */
public final class TranslationDecoder {
  private static final String WHERE = "decoder of a translation model";

  private final Lowest<?> lowest;
  private final List<PartsCell<?>> upper = new ArrayList<>();
  private final Attention attention;
  private final ContextForm form;

  /** The lowest layer with the type of its state. */
  private record Lowest<S>(AttentionCell<S> cell) {
    static <S> Lowest<S> of(RnnCell<S> cell, Attention attention) {
      return new Lowest<>(new AttentionCell<>(cell, attention));
    }

    List<StatePart> parts() {
      return cell.stateLayout().parts();
    }
  }

  /**
   * What was written.
   *
   * @param outputs those of the top layer, {@code [T, B, N]}
   * @param queries the outputs of the lowest layer, {@code [T, B, N]}
   */
  record Written(Operand<TFloat32> outputs, Operand<TFloat32> queries) {}

  /**
   * A step.
   *
   * @param output the top layer's, {@code [rows, N]}
   * @param alignments how much of each source piece the step has read, {@code [rows, S]}
   */
  record Step(
      Operand<TFloat32> output, Operand<TFloat32> alignments, List<Operand<TFloat32>> state) {}

  /**
   * Puts the layers together.
   *
   * @param lowest reads an embedding and a context side by side
   * @param upper the layers above, bottom first, each reads the output below and a context side by
   *     side
   * @throws UserError if the sizes do not fit
   */
  public TranslationDecoder(
      RnnCell<?> lowest, List<? extends RnnCell<?>> upper, Attention attention, ContextForm form) {
    this.lowest = Lowest.of(lowest, attention);
    this.attention = attention;
    this.form = form;
    int below = lowest.outputSize();
    for (int i = 0; i < upper.size(); i++) {
      RnnCell<?> cell = upper.get(i);
      int layer = i + 1;
      int expected = below + attention.settings().memorySize();
      if (cell.inputSize() != expected) {
        throw UserError.in(WHERE + ", layer " + layer)
            .what("the input size is not that of what the layer reads")
            .expected(
                expected
                    + ", of the layer below "
                    + below
                    + " and the context "
                    + attention.settings().memorySize())
            .received(cell.inputSize())
            .build();
      }
      if (layer >= TranslationEncoder.FIRST_RESIDUAL && cell.outputSize() != below) {
        throw UserError.in(WHERE + ", layer " + layer)
            .what("the output of the layer below cannot be added")
            .expected("an output of " + below)
            .received(cell.outputSize())
            .build();
      }
      this.upper.add(PartsCell.of(WHERE + "/layer" + layer, cell));
      below = cell.outputSize();
    }
  }

  /** Size of the embeddings that are read, e. */
  public int inputSize() {
    return lowest.cell().inputSize();
  }

  /** Size of the top layer's output. */
  public int outputSize() {
    return upper.isEmpty()
        ? lowest.cell().outputSize()
        : upper.get(upper.size() - 1).cell().outputSize();
  }

  /** Number of layers. */
  public int layers() {
    return 1 + upper.size();
  }

  /** The attention of the lowest layer. */
  Attention attention() {
    return attention;
  }

  /** The parts of a layer's state; the lowest has that of its cell, then the context. */
  List<StatePart> layerParts(int layer) {
    return layer == 0 ? lowest.parts() : upper.get(layer - 1).parts();
  }

  /** The parts of the whole state, below {@code layerK}. */
  List<StatePart> stateParts() {
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < layers(); i++) {
      for (StatePart part : layerParts(i)) {
        parts.add(new StatePart("layer" + i + "/" + part.name(), part.size()));
      }
    }
    return parts;
  }

  /** Checks that the cells have a mask for each share of a dropout below 1. */
  void requireMasks(Keep keep) {
    upper.forEach(cell -> TranslationDropout.shares(cell.cell(), keep));
  }

  /**
   * Writes given sentences.
   *
   * @param embedded the word before each, {@code [T, B, e]}
   * @param lengths steps that count, {@code [B]}
   * @param state each layer's state before the first step
   * @param drops the dropout, or null for none, and then no gradient can be taken
   */
  Written write(
      Ops tf,
      Operand<TFloat32> embedded,
      Operand<TInt32> lengths,
      AttentionMemory memory,
      List<List<Operand<TFloat32>>> state,
      @Nullable TranslationDropout drops) {
    Operand<TFloat32> x = drops == null ? embedded : drops.input(tf, "decoder/layer0", embedded);
    Operand<TFloat32> both = lowest(tf, lowest, x, lengths, memory, state.get(0), drops);
    int units = lowest.cell().outputSize();
    Operand<TFloat32> queries = columns(tf, both, 0, units);
    Operand<TFloat32> contexts = columns(tf, both, units, attention.settings().memorySize());
    if (form == ContextForm.GNMT && !upper.isEmpty()) {
      contexts = delayed(tf, contexts);
    }
    Operand<TFloat32> h = queries;
    for (int i = 0; i < upper.size(); i++) {
      PartsCell<?> cell = upper.get(i);
      String name = "decoder/layer" + (i + 1);
      Operand<TFloat32> input = tf.concat(List.of(h, contexts), tf.constant(2));
      if (drops != null) {
        input = drops.input(tf, name, input);
      }
      Operand<TFloat32> outputs =
          cell.scan(
                  tf,
                  input,
                  state.get(i + 1),
                  TranslationEncoder.options(tf, cell, name, input, drops).withLengths(lengths))
              .outputs();
      h = i + 1 >= TranslationEncoder.FIRST_RESIDUAL ? tf.math.add(outputs, h) : outputs;
    }
    return new Written(h, queries);
  }

  private static <S> Operand<TFloat32> lowest(
      Ops tf,
      Lowest<S> lowest,
      Operand<TFloat32> x,
      Operand<TInt32> lengths,
      AttentionMemory memory,
      List<Operand<TFloat32>> state,
      @Nullable TranslationDropout drops) {
    AttendingCell<S> cell =
        lowest
            .cell()
            .withContextOut(true)
            .withContextDropout(drops != null && drops.keep().input() < 1)
            .reading(memory);
    PartsCell<AttentionState<S>> parts = PartsCell.of(WHERE + "/layer0", cell);
    ScanResult<AttentionState<S>> ran =
        Scan.run(
            tf,
            cell,
            x,
            cell.stateLayout().state(state),
            TranslationEncoder.options(tf, parts, "decoder/layer0", x, drops).withLengths(lengths));
    return ran.outputs();
  }

  /**
   * How much the weights of the lowest layer change from step to step; see {@link WeightChanges}.
   *
   * @param embedded as for {@link #write}
   * @return {@code [T - 1, B]} by the name of a weight and its gate
   */
  Map<String, Operand<TFloat32>> changes(
      Ops tf,
      Operand<TFloat32> embedded,
      AttentionMemory memory,
      List<List<Operand<TFloat32>>> state) {
    return WeightChanges.of(tf, lowest.cell().reading(memory), embedded, state.get(0));
  }

  /** The context of the step before at each step, zeros at the first. */
  private Operand<TFloat32> delayed(Ops tf, Operand<TFloat32> contexts) {
    Operand<TInt32> time = TranslationModel.size(tf, contexts, 0);
    Operand<TInt32> batch = TranslationModel.size(tf, contexts, 1);
    Operand<TInt32> size = tf.constant(attention.settings().memorySize());
    Operand<TFloat32> before =
        tf.slice(
            contexts,
            tf.constant(new int[] {0, 0, 0}),
            tf.stack(List.of(tf.math.sub(time, tf.constant(1)), batch, size)));
    Operand<TFloat32> first =
        tf.fill(tf.stack(List.of(tf.constant(1), batch, size)), tf.constant(0f));
    return tf.concat(List.of(first, before), tf.constant(0));
  }

  private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> series, int from, int size) {
    return tf.slice(
        series, tf.constant(new int[] {0, 0, from}), tf.constant(new int[] {-1, -1, size}));
  }

  /**
   * One step.
   *
   * @param values of the graph that the step is built in
   * @param embedded {@code [rows, e]}; rows are {@code B * beams}, row {@code b * beams + k} reads
   *     sentence b
   * @param state a tensor for each of {@link #stateParts}
   */
  Step step(
      Ops tf,
      CellValues values,
      Operand<TFloat32> embedded,
      List<? extends Operand<TFloat32>> state,
      AttentionMemory memory,
      int beams) {
    List<Operand<TFloat32>> next = new ArrayList<>();
    int at = lowest.parts().size();
    AttendingCell.Attended<?> first =
        first(
            tf,
            values.below("layer0"),
            lowest,
            embedded,
            List.copyOf(state.subList(0, at)),
            memory,
            beams,
            next);
    Operand<TFloat32> h = first.step().output();
    // the context is the last part of the lowest layer's state
    Operand<TFloat32> context = form == ContextForm.GNMT_V2 ? next.get(at - 1) : state.get(at - 1);
    for (int i = 0; i < upper.size(); i++) {
      PartsCell<?> cell = upper.get(i);
      int to = at + cell.parts().size();
      CellValues own = values.below("layer" + (i + 1));
      Operand<TFloat32> x = tf.concat(List.of(h, context), tf.constant(1));
      PartsCell.Outputs step =
          cell.step(tf, own, cell.cell().project(tf, own, x), state.subList(at, to));
      h =
          i + 1 >= TranslationEncoder.FIRST_RESIDUAL
              ? tf.math.add(step.outputs(), h)
              : step.outputs();
      next.addAll(step.state());
      at = to;
    }
    return new Step(h, first.alignments(), next);
  }

  private static <S> AttendingCell.Attended<S> first(
      Ops tf,
      CellValues values,
      Lowest<S> lowest,
      Operand<TFloat32> embedded,
      List<Operand<TFloat32>> state,
      AttentionMemory memory,
      int beams,
      List<Operand<TFloat32>> next) {
    AttendingCell<S> cell = lowest.cell().readingBeams(memory, beams);
    AttendingCell.Attended<S> attended =
        cell.attend(
            tf,
            values,
            cell.project(tf, values, embedded),
            cell.stateLayout().state(state),
            List.of());
    next.addAll(cell.stateLayout().tensors(attended.step().state()));
    return attended;
  }
}
