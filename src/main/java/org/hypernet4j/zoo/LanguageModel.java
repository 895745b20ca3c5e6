// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.nn.Dropout;
import org.hypernet4j.unroll.ScanOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The language models of sections 4.3 and 4.4: one-hot symbols, recurrent layers, a softmax over
 * the symbols. Sequences are time-major: T steps of B streams.
 *
 * <p>Parameters: {@code cell/...} of the cell, or {@code cell/layerK/...} of each of several;
 * {@code softmax/kernel [N_h, V]}, Glorot uniform at first, and {@code softmax/bias [V]}, zero.
 *
 * <p>State is passed as the list of its parts, {@code [B, size]} each, in the order of {@link
 * #stateParts}.
 */
public final class LanguageModel {
  private static final String WHERE = "language model";

  private final RnnCell<?> cell;
  private final PartsCell<?> parts;
  private final Keep keep;
  private final KeptShares shares;
  private final Operand<TFloat32> kernel;
  private final Operand<TFloat32> bias;

  /**
   * The results of a sequence.
   *
   * @param logits {@code [T, B, V]}
   * @param state parts of the state after the last step
   */
  public record Scores(Operand<TFloat32> logits, List<Operand<TFloat32>> state) {
    /** Copies the list. */
    public Scores {
      state = List.copyOf(state);
    }
  }

  /**
   * Creates the parameters of the softmax over a cell's output.
   *
   * @param scope of the whole model
   * @param cell or a stack of them, with its parameters below {@code cell} in the same scope; its
   *     input size is the number of symbols, V
   * @param keep dropout in the places that the cell has
   * @throws UserError if {@code recurrent}, {@code hyperRecurrent} or {@code between} is below 1
   *     and the cell has no mask for it
   */
  public LanguageModel(ParameterScope scope, RnnCell<?> cell, Keep keep) {
    this.cell = cell;
    this.keep = keep;
    parts = PartsCell.of(WHERE, cell);
    shares = new KeptShares(WHERE, cell, keep);
    int v = cell.inputSize();
    ParameterScope softmax = scope.child("softmax");
    kernel =
        softmax.value(
            "kernel", Shape.of(cell.outputSize(), v), Initializers.glorotUniform(), Role.KERNEL);
    bias = softmax.value("bias", Shape.of(v), Initializers.zeros(), Role.BIAS);
  }

  /** V, the size of input and output. */
  public int symbols() {
    return cell.inputSize();
  }

  /** The parts of the state. */
  public List<StatePart> stateParts() {
    return parts.parts();
  }

  /**
   * A state of zeros.
   *
   * @param batch B, a scalar
   */
  public List<Operand<TFloat32>> zeroState(Ops tf, Operand<TInt32> batch) {
    return parts.zeroState(tf, batch);
  }

  /**
   * Checks that the model has these ids: TensorFlow would treat others as no symbol at all and
   * continue.
   *
   * @param where start of an error message
   */
  public void requireIds(String where, int... ids) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= symbols()) {
        throw UserError.in(where)
            .what("id " + i + " (counted from 0) is outside of the vocabulary")
            .expected("0 to " + (symbols() - 1))
            .received(ids[i])
            .build();
      }
    }
  }

  /**
   * Reads a sequence and scores, at each step, the symbols that may follow.
   *
   * @param ids {@code [T, B]}
   * @param state parts of the state before the first step
   * @param lengths steps that count, {@code [B]}, or null for all; the state stops there, and later
   *     logits are meaningless
   * @param training decides the dropout; null for none, and then no gradient can be taken
   */
  public Scores logits(
      Ops tf,
      Operand<TInt32> ids,
      List<Operand<TFloat32>> state,
      @Nullable Operand<TInt32> lengths,
      @Nullable TrainingStep training) {
    Shapes.require(WHERE, "ids", ids, -1, -1);
    if (lengths != null) {
      Shapes.require(WHERE, "lengths", lengths, batch(ids, 1));
    }
    parts.requireState(state);
    Operand<TInt64> size = tf.shape(ids, TInt64.class);
    Operand<TFloat32> x = oneHot(tf, ids);
    List<Operand<TFloat32>> masks = List.of();
    if (training != null) {
      x = dropSymbols(tf, x, size, training);
      masks = parts.masks(tf, size, shares, training);
    }
    ScanOptions options =
        (training == null ? ScanOptions.inference() : ScanOptions.training())
            .withLengths(lengths)
            .withMasks(masks)
            .withXla(training != null && training.xla());
    PartsCell.Outputs sequence = parts.scan(tf, x, state, options);
    Operand<TFloat32> outputs = sequence.outputs();
    if (training != null) {
      outputs = dropout(training, keep.output(), "output").apply(tf, outputs, training.step());
    }
    Operand<TFloat32> rows =
        tf.reshape(outputs, tf.constant(new long[] {-1, cell.outputSize()})); // [T B, N_h]
    Operand<TFloat32> scores = Dense.apply(tf, rows, kernel, bias);
    Operand<TInt64> shape =
        tf.concat(List.of(size, tf.constant(new long[] {symbols()})), tf.constant(0));
    return new Scores(tf.reshape(scores, shape), sequence.state());
  }

  /**
   * One step, for reading symbol by symbol.
   *
   * @param ids {@code [B]}
   * @param state parts of the state before the step, {@code [B, size]}; a row for each id, checked
   *     when the graph runs where that is not known before
   * @return logits {@code [B, V]} and the next state
   */
  public Scores step(Ops tf, Operand<TInt32> ids, List<Operand<TFloat32>> state) {
    Shapes.require(WHERE, "ids", ids, -1);
    parts.requireState(state);
    return stepOfSameBatch(
        tf,
        ids,
        CellShapes.require(
            tf, WHERE, "state", stateParts(), state, () -> tf.shape(ids), batch(ids, 0)));
  }

  /**
   * {@link #step} without a check in the graph, which takes a quarter of the time of a small step:
   * for a graph whose caller makes sure that there is a row of the state for each id, as {@code
   * LoadedModel} does.
   */
  public Scores stepOfSameBatch(Ops tf, Operand<TInt32> ids, List<Operand<TFloat32>> state) {
    Shapes.require(WHERE, "ids", ids, -1);
    parts.requireState(state);
    CellValues values = CellValues.forOneStep(tf);
    return step(tf, values, kernel, bias, ids, state);
  }

  /** A size as far as it is known when the graph is built, or -1. */
  private static long batch(Operand<?> operand, int axis) {
    return operand.shape().isUnknown() ? -1 : operand.shape().get(axis);
  }

  /**
   * {@link #step} in the body of a loop, which receives the tensors that the step reads.
   *
   * @param tf the ops of the graph around the loop
   */
  Scores stepInLoop(
      Ops tf, Loop loop, Operand<TInt32> ids, List<? extends Operand<TFloat32>> state) {
    return step(
        loop.body(),
        CellValues.make(tf).inLoop(loop::invariant),
        loop.invariant(kernel),
        loop.invariant(bias),
        ids,
        state);
  }

  private Scores step(
      Ops tf,
      CellValues values,
      Operand<TFloat32> kernel,
      Operand<TFloat32> bias,
      Operand<TInt32> ids,
      List<? extends Operand<TFloat32>> state) {
    PartsCell.Outputs step = parts.step(tf, values, cell.projectOneHot(tf, values, ids), state);
    return new Scores(Dense.apply(tf, step.outputs(), kernel, bias), step.state());
  }

  /**
   * Reads one stream of text and records the model's internals, for inspection.
   *
   * @param ids {@code [T]}, T at least 1
   * @param state parts of the state before the first step, {@code [1, size]}
   */
  public LanguageTrace trace(Ops tf, Operand<TInt32> ids, List<Operand<TFloat32>> state) {
    Shapes.require(WHERE, "ids", ids, -1);
    parts.requireState(state);
    return LanguageTrace.of(
        tf, cell, oneHot(tf, ids), state, outputs -> Dense.apply(tf, outputs, kernel, bias));
  }

  /**
   * The loss: mean negative log-likelihood of the targets in nats for each symbol that counts.
   * Divided by ln 2 it is bits per character. Logits and targets of steps that do not count may be
   * anything, NaN and ids that the model does not have included.
   *
   * @param logits {@code [T, B, V]}
   * @param targets ids, {@code [T, B]}
   * @param lengths steps that count, {@code [B]}, or null for all; if none does, the loss is 0
   * @return a scalar
   */
  public Operand<TFloat32> loss(
      Ops tf,
      Operand<TFloat32> logits,
      Operand<TInt32> targets,
      @Nullable Operand<TInt32> lengths) {
    return LanguageLoss.of(tf, symbols(), logits, targets, lengths);
  }

  private Operand<TFloat32> oneHot(Ops tf, Operand<TInt32> ids) {
    return tf.oneHot(ids, tf.constant(symbols()), tf.constant(1f), tf.constant(0f));
  }

  /**
   * Dropout of the input. All entries of a one-hot vector but one are zero anyway, so one random
   * number for each symbol is as good as one for each entry.
   */
  private Operand<TFloat32> dropSymbols(
      Ops tf, Operand<TFloat32> x, Operand<TInt64> size, TrainingStep training) {
    if (keep.input() == 1) {
      return x;
    }
    Operand<TInt64> one =
        tf.concat(List.of(size, tf.constant(new long[] {1})), tf.constant(0)); // [T, B, 1]
    return tf.math.mul(x, dropout(training, keep.input(), "input").mask(tf, one, training.step()));
  }

  private static Dropout dropout(TrainingStep training, double keep, String name) {
    return new Dropout((float) keep, training.seed(), "language model/" + name);
  }
}
